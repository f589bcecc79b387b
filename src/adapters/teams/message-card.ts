// Cards as MessageCards, the format of the Office 365 connectors, for those who still have one.
import { omittedText, type Card, type Row, type Section, type Tone, joined } from "./card-model.ts";
import { plainLines } from "./adaptive-card.ts";
import { disarm, withoutMarkdown } from "./literal-text.ts";

const COLOURS: Readonly<Record<Tone, string>> = { danger: "C4314B", warning: "F2A100", good: "2E7D32", info: "4F6BED" };

type Part = Readonly<Record<string, unknown>>;

/** Sections say `markdown: false`, so that names with Markdown in them are shown as they are. */
function textPart(text: string): Part {
  return { text: disarm(text), markdown: false };
}

function fact({ name, when, details }: Row): Part {
  return { name: disarm(name), value: disarm(joined(when, ...details)) };
}

function rowsPart({ title, heading, rows, omitted }: Section): Part {
  const label = title ?? (heading === null ? null : heading.join(" · "));
  const facts = [...rows.map(fact), ...(omitted > 0 ? [{ name: omittedText(omitted), value: "" }] : [])];
  return { ...(label === null ? {} : { title: label }), facts, markdown: false };
}

export function messageCard(card: Card): string {
  return write(card, disarm(card.title), {
    sections: [
      ...(card.subtitle === null || card.subtitle === "" ? [] : [textPart(card.subtitle)]),
      ...card.notes.map(textPart),
      ...card.sections.map(rowsPart),
      ...card.remarks.map(textPart),
      textPart(card.small),
    ],
  });
}

/** The same events in one text, for a card that was refused. */
export function plainMessageCard(card: Card): string {
  const [title = "", ...lines] = plainLines(card).map(withoutMarkdown);
  return write({ ...card, summary: withoutMarkdown(card.summary) }, title, { text: lines.join("\n\n") });
}

function write(card: Card, title: string, content: Part): string {
  const frame = { "@type": "MessageCard", "@context": "https://schema.org/extensions" };
  return JSON.stringify({ ...frame, summary: disarm(card.summary), themeColor: COLOURS[card.tone], title, ...content });
}
