// A card as a box on the terminal, coloured by its severity.
import { boxWidth, styled, type Canvas, type Style } from "./canvas.ts";
import { readCard, type CardLine, type CardTone, type Look } from "./card-lines.ts";
import { padded, printable, widthOf, wrap } from "./text-width.ts";

const COLOURS = { attention: "red", warning: "yellow", good: "green", accent: "blue", none: "gray" } as const satisfies Readonly<Record<CardTone, Style>>;

/** `body`: the JSON that Teams took; `label` stands in the frame. Ends with a line break. */
export function cardBox(body: string, label: string, canvas: Canvas): string {
  const { tone, lines } = readCard(body);
  const width = boxWidth(canvas);
  const colour = COLOURS[tone];
  const looks: Readonly<Record<Look, Style | null>> = { title: ["bold", colour], strong: "bold", plain: null, small: "gray", heading: "cyan" };
  const frame = (text: string): string => styled(colour, text, canvas);
  const rows = lines.flatMap((line) => layOut(line, width - 4).map(({ text, right }) => {
    const left = padded(text, width - 4 - widthOf(right));
    const look = looks[line.look];
    return `${frame("│")} ${look === null ? left : styled(look, left, canvas)}${line.look === "strong" ? right : styled("gray", right, canvas)} ${frame("│")}`;
  }));
  const top = `╭─ ${label} ${"─".repeat(Math.max(0, width - 5 - widthOf(label)))}╮`;
  return `${[frame(top), ...rows, frame(`╰${"─".repeat(width - 2)}╯`)].join("\n")}\n`;
}

/** A line of the card as lines of at most `most` cells; what stands at the right stands beside the first. */
function layOut(line: CardLine, most: number): { text: string; right: string }[] {
  const right = printable(line.right);
  const beside = widthOf(right) + 2;
  // Too wide to stand beside anything: below.
  if (right !== "" && beside > most / 2) return [...wrap(printable(line.text), most), ...wrap(right, most)].map((text) => ({ text, right: "" }));
  return wrap(printable(line.text), right === "" ? most : most - beside).map((text, i) => ({ text, right: i === 0 ? right : "" }));
}
