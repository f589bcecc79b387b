// A card as a box on the terminal, coloured by its severity.
import { boxWidth, styled, type Canvas, type Style } from "./canvas.ts";
import { readCard, type CardLine, type CardTone, type Look } from "./card-lines.ts";
import { padded, printable, widthOf, wrap } from "./text-width.ts";

const FRAMES: Readonly<Record<CardTone, Style>> = { attention: "red", warning: "yellow", good: "green", accent: "blue", none: "gray" };
const LOOKS: Readonly<Record<Exclude<Look, "title" | "plain">, Style>> = { strong: "bold", small: "gray", heading: "cyan" };

/** `body`: the JSON that Teams took; `label` stands in the frame. Ends with a line break. */
export function cardBox(body: string, label: string, canvas: Canvas): string {
  const { tone, lines } = readCard(body);
  const width = boxWidth(canvas);
  const frame = (text: string): string => styled(FRAMES[tone], text, canvas);
  const style = (look: Look): Style | null => (look === "title" ? ["bold", tone === "none" ? "white" : textColour(tone)] : look === "plain" ? null : LOOKS[look]);
  const rows = lines.flatMap((line) => layOut(line, width - 4).map(({ text, right }) => {
    const left = padded(text, width - 4 - widthOf(right));
    const kind = style(line.look);
    return `${frame("│")} ${kind === null ? left : styled(kind, left, canvas)}${line.look === "strong" ? right : styled("gray", right, canvas)} ${frame("│")}`;
  }));
  const top = `╭─ ${label} ${"─".repeat(Math.max(0, width - 5 - widthOf(label)))}╮`;
  return `${[frame(top), ...rows, frame(`╰${"─".repeat(width - 2)}╯`)].join("\n")}\n`;
}

function textColour(tone: Exclude<CardTone, "none">): "red" | "yellow" | "green" | "blue" {
  return ({ attention: "red", warning: "yellow", good: "green", accent: "blue" } as const)[tone];
}

/** A line of the card as lines of at most `most` cells; what stands at the right stands beside the first. */
function layOut(line: CardLine, most: number): { text: string; right: string }[] {
  const right = printable(line.right);
  const beside = widthOf(right) + 2;
  // Too wide to stand beside anything: below.
  if (right !== "" && beside > most / 2) return [...wrap(printable(line.text), most), ...wrap(right, most)].map((text) => ({ text, right: "" }));
  return wrap(printable(line.text), right === "" ? most : most - beside).map((text, i) => ({ text, right: i === 0 ? right : "" }));
}
