// Cards as Adaptive Cards 1.4 in the envelope that Workflows webhooks take. What phones show wrongly (Table, ToggleVisibility,
// Markdown headings, FactSet values read as Markdown) is not used.
import { joined, omittedText, type Card, type Row, type Section, type Tone } from "./card-model.ts";
import { disarm, hasMarkdown, withoutMarkdown } from "./literal-text.ts";

interface TextStyle {
  readonly size?: "small" | "medium" | "large";
  readonly weight?: "bolder";
  readonly color?: "accent";
  readonly isSubtle?: true;
}

interface Placing {
  readonly spacing?: "none" | "small" | "medium";
  readonly separator?: true;
  readonly horizontalAlignment?: "right";
}

type Element = Readonly<Record<string, unknown>>;

/** A text as it is: a TextBlock, which reads Markdown, only where there is nothing to read; a TextRun takes no Markdown. */
function text(words: string, style: TextStyle = {}, placing: Placing = {}): Element {
  const literal = disarm(words);
  return hasMarkdown(words)
    ? { type: "RichTextBlock", inlines: [{ type: "TextRun", text: breakable(literal), ...style }], ...placing }
    : { type: "TextBlock", text: literal, wrap: true, ...style, ...placing };
}

/** TextRuns, unlike TextBlocks, do not break inside a word, and a word of 80 letters is wider than a phone. */
function breakable(words: string): string {
  return words.replace(/\S{24}(?=\S)/gu, "$&\u200B");
}

const SMALL: TextStyle = { size: "small", isSubtle: true };
const CONTAINER_STYLE: Readonly<Record<Tone, string>> = { danger: "attention", warning: "warning", good: "good", info: "accent" };

function head({ title, subtitle, tone }: Card): Element {
  const items = [text(title, { size: "large", weight: "bolder" })];
  if (subtitle !== null && subtitle !== "") items.push(text(subtitle, {}, { spacing: "small" }));
  return { type: "Container", style: CONTAINER_STYLE[tone], bleed: true, items };
}

function columns(left: readonly Element[], right: readonly Element[], placing: Placing): Element {
  return {
    type: "ColumnSet",
    ...placing,
    columns: [{ type: "Column", width: "stretch", items: left }, ...(right.length === 0 ? [] : [{ type: "Column", width: "auto", items: right }])],
  };
}

function rowElement({ name, when, details }: Row, placing: Placing): Element {
  const left = [text(name, { weight: "bolder" }), ...details.map((line, i) => text(line, i === details.length - 1 ? SMALL : {}, { spacing: "none" }))];
  return columns(left, when === "" ? [] : [text(when, {}, { horizontalAlignment: "right" })], placing);
}

function sectionElements({ title, heading, rows, omitted }: Section, index: number): Element[] {
  const elements: Element[] = [];
  if (title !== null) elements.push(text(title, { weight: "bolder", color: "accent" }, { spacing: "medium", ...(index === 0 ? {} : { separator: true }) }));
  if (heading !== null) elements.push(columns([text(heading[0], SMALL)], [text(heading[1], SMALL, { horizontalAlignment: "right" })], { spacing: "medium" }));
  for (const [i, row] of rows.entries()) elements.push(rowElement(row, i === 0 ? { spacing: "small" } : { spacing: "small", separator: true }));
  if (omitted > 0) elements.push(text(omittedText(omitted), { weight: "bolder" }, { spacing: "small" }));
  return elements;
}

function envelope(card: Card, body: readonly Element[], extra: Element): string {
  const summary = disarm(card.summary);
  const content = { $schema: "http://adaptivecards.io/schemas/adaptive-card.json", type: "AdaptiveCard", version: "1.4", ...extra, fallbackText: summary, body };
  return JSON.stringify({ type: "message", summary, attachments: [{ contentType: "application/vnd.microsoft.card.adaptive", content }] });
}

export function adaptiveCard(card: Card): string {
  const body = [
    head(card),
    ...card.notes.map((note) => text(note, { weight: "bolder" }, { spacing: "medium" })),
    ...card.sections.flatMap(sectionElements),
    ...card.remarks.map((remark) => text(remark, {}, { spacing: "medium" })),
    text(card.small, SMALL, { spacing: "medium", separator: true }),
  ];
  return envelope(card, body, { msteams: { width: "Full" } });
}

/** The same events in nothing but texts, for a card that Teams refused. */
export function plainAdaptiveCard(card: Card): string {
  const lines = plainLines(card).map((line) => ({ type: "TextBlock", text: withoutMarkdown(line), wrap: true }));
  return envelope({ ...card, summary: withoutMarkdown(card.summary) }, lines, {});
}

/** A card as lines of text, one a row. */
export function plainLines(card: Card): string[] {
  const rows = card.sections.flatMap(({ title, rows: shown, omitted }) => [
    ...(title === null ? [] : [`${title}:`]),
    ...shown.map(({ name, when, details }) => joined(name, when, ...details)),
    ...(omitted > 0 ? [omittedText(omitted)] : []),
  ]);
  return [card.title, card.subtitle ?? "", ...card.notes, ...rows, ...card.remarks, card.small].filter((line) => line !== "");
}
