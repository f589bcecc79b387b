// A card as Teams received it (JSON), read back into lines: what a person sees of it, whatever client sent it.

export type Look = "title" | "strong" | "plain" | "small" | "heading";

export interface CardLine {
  readonly text: string;
  /** Stands at the right edge. */
  readonly right: string;
  readonly look: Look;
}

export type CardTone = "attention" | "warning" | "good" | "accent" | "none";

export interface ReadCard {
  readonly tone: CardTone;
  readonly lines: readonly CardLine[];
}

type Json = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const listOf = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.filter(isObject) : []);
const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

/** An Adaptive Card in its envelope; of any other JSON (a MessageCard, somebody's test) title and text. */
export function readCard(body: string): ReadCard {
  const message = parsed(body);
  const [attachment] = listOf(message["attachments"]);
  const content = attachment?.["content"];
  if (!isObject(content)) return otherCard(message);
  const elements = listOf(content["body"]);
  return { tone: toneOf(elements[0]), lines: elements.flatMap(linesOf) };
}

function parsed(body: string): Json {
  try {
    const value: unknown = JSON.parse(body);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

function otherCard(message: Json): ReadCard {
  const title = textOf(message["title"]) || textOf(message["summary"]) || "(cartão sem título)";
  const sections = listOf(message["sections"]).flatMap((section): CardLine[] => [
    ...plain(textOf(section["title"]), "heading"),
    ...plain(textOf(section["text"])),
    ...listOf(section["facts"]).map((fact): CardLine => ({ text: textOf(fact["name"]), right: textOf(fact["value"]), look: "plain" })),
  ]);
  return { tone: "none", lines: [{ text: title, right: "", look: "title" }, ...plain(textOf(message["text"])), ...sections] };
}

const plain = (text: string, look: Look = "plain"): CardLine[] => (text === "" ? [] : [{ text, right: "", look }]);

function toneOf(element: Json | undefined): CardTone {
  const style = element?.["style"];
  return style === "attention" || style === "warning" || style === "good" || style === "accent" ? style : "none";
}

function linesOf(element: Json): CardLine[] {
  switch (element["type"]) {
    case "Container": return listOf(element["items"]).flatMap(linesOf);
    case "TextBlock": return plain(textOf(element["text"]), lookOf(element));
    case "RichTextBlock": {
      const runs = listOf(element["inlines"]);
      return plain(runs.map((run) => textOf(run["text"])).join(""), lookOf(runs[0] ?? {}));
    }
    case "ColumnSet": return columnLines(listOf(element["columns"]));
    default: return [];
  }
}

/** Two columns side by side: the right one's lines stand beside the left one's. */
function columnLines(columns: readonly Json[]): CardLine[] {
  const [left = [], right = []] = columns.map((column) => listOf(column["items"]).flatMap(linesOf));
  return left.map((line, i) => ({ ...line, right: right[i]?.text ?? "" }));
}

function lookOf({ size, weight, color, isSubtle }: Json): Look {
  if (size === "large") return "title";
  if (isSubtle === true) return "small";
  if (weight !== "bolder") return "plain";
  return color === "accent" ? "heading" : "strong";
}
