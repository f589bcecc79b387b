// Text that comes from outside (names, ids, reasons) is data: cleaned of what cannot be seen or reorders the line, cut to a
// sane length, and kept from being read as Markdown, HTML, a mention or a date macro.

const MOST_MARKS = 3;
/** Without control, format (bidirectional, zero-width, tags) and private characters, in one line; lone surrogates become U+FFFD. */
const UNSEEN = /[\p{Cf}\p{Co}\p{Cn}]+/gu;
const BLANKS = /[\p{Cc}\p{Z}]+/gu;
const PILED_MARKS = new RegExp(`(\\p{M}{${MOST_MARKS}})\\p{M}+`, "gu");
const RIGHT_TO_LEFT = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
const ISOLATE = "\u2068";
const END_OF_ISOLATE = "\u2069";

/** One clean line of at most `most` characters, `ifEmpty` where nothing is left. A name written from right to left is kept
 *  apart, so that it does not turn the figures around it. */
export function clean(text: string, most: number, ifEmpty = "sem nome"): string {
  const start = text.slice(0, most * 16).toWellFormed(); // enough even if most of it is thrown away
  const line = start.replace(UNSEEN, "").replace(BLANKS, " ").replace(PILED_MARKS, "$1").trim();
  if (line === "") return ifEmpty;
  const characters = Array.from(line);
  const cut = characters.length > most ? `${characters.slice(0, most - 1).join("").trimEnd()}…` : line;
  return RIGHT_TO_LEFT.test(cut) ? ISOLATE + cut + END_OF_ISOLATE : cut;
}

const WORD_JOINER = "\u2060";
const STARTS_MARKUP = /<(?=[a-z/!?])|&(?=[a-z#])|\{(?=\{)/gi;

/** The same to the eye, but no tag, mention, entity or `{{DATE(…)}}` to a program: an invisible joiner stands in between. */
export function disarm(text: string): string {
  return text.replace(STARTS_MARKUP, `$&${WORD_JOINER}`);
}

const MARKDOWN = /[*_`~[\]\\<>&|^$@#]|\{\{|:\/\/|\bwww\.|^\s*(?:[-+]|\d+[.)])(?:\s|$)|^[-=\s]+$/i;

/** Whether a Markdown reader might take some of it for formatting, a list or a link. */
export function hasMarkdown(text: string): boolean {
  return MARKDOWN.test(text);
}

const LOOK_ALIKES: Readonly<Record<string, string>> = {
  "*": "∗", "_": "＿", "`": "ˋ", "~": "∼", "[": "［", "]": "］", "\\": "＼", "<": "‹", ">": "›", "&": "＆", "|": "∣", "^": "ˆ",
  "$": "＄", "@": "＠", "#": "＃", "{": "｛", "}": "｝",
};

/** Text for where nothing but Markdown is understood: its signs are replaced by others that look alike. */
export function withoutMarkdown(text: string): string {
  return text
    .replace(/[*_`~[\]\\<>&|^$@#{}]/g, (sign) => LOOK_ALIKES[sign] ?? "")
    .replace(/:\/\//g, ":∕∕")
    .replace(/\bwww\./gi, (word) => `${word.slice(0, 3)}․`)
    .replace(/^(\s*)([-+=]|\d+[.)])(?=[-=\s]|$)/, `$1${WORD_JOINER}$2`);
}
