// How wide text is on a terminal, and how it is cut into lines that fit.

const graphemes = new Intl.Segmenter("pt-BR", { granularity: "grapheme" });
const WIDE = /^(?:\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}])/u;

/** Without what a terminal would obey, hide, or count in its own way: with U+FE0F an emoji is one cell here and two there. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").replace(/[\p{Cf}\p{Cs}\ufe0e\ufe0f]/gu, "").replaceAll("\u00a0", " ");
}

/** Cells of a printable text. */
export function widthOf(text: string): number {
  let cells = 0;
  for (const { segment } of graphemes.segment(text)) cells += WIDE.test(segment) ? 2 : /^\p{M}/u.test(segment) ? 0 : 1;
  return cells;
}

/** Lines of at most `most` cells, cut between words where there are any. Never empty. */
export function wrap(text: string, most: number): readonly [string, ...string[]] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (widthOf(longer) <= most) {
      line = longer;
      continue;
    }
    if (line !== "") lines.push(line);
    const pieces = chop(word, most);
    line = pieces.pop() ?? "";
    lines.push(...pieces);
  }
  const [first = line, ...others] = lines;
  return lines.length === 0 ? [line] : [first, ...others, line];
}

/** A single word in pieces of at most `most` cells. */
function chop(word: string, most: number): string[] {
  const pieces: string[] = [];
  let piece = "";
  for (const { segment } of graphemes.segment(word)) {
    if (piece !== "" && widthOf(piece + segment) > most) {
      pieces.push(piece);
      piece = "";
    }
    piece += segment;
  }
  return [...pieces, piece];
}

export function padded(text: string, cells: number): string {
  return text + " ".repeat(Math.max(0, cells - widthOf(text)));
}
