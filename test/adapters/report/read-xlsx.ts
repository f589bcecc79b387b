// Reads a spreadsheet back as Excel would: the zip, its XML, and what each cell is by its type and format.
import { inflateRawSync } from "node:zlib";

export interface ReadCell {
  readonly type: "text" | "number" | "formula";
  readonly value: string | number;
  /** Number format; `General` where it has none. */
  readonly format: string;
}

export interface ReadSheet {
  readonly name: string;
  /** By address, `A1`. */
  readonly cells: ReadonlyMap<string, ReadCell>;
  readonly xml: string;
}

/** Every file of a zip, from its central directory. */
export function unzip(bytes: Uint8Array): ReadonlyMap<string, string> {
  const zip = Buffer.from(bytes);
  const end = zip.lastIndexOf(Buffer.from("PK\u0005\u0006", "latin1"));
  const files = new Map<string, string>();
  let at = zip.readUInt32LE(end + 16);
  for (let i = 0; i < zip.readUInt16LE(end + 10); i += 1) {
    const [method, size, nameLength, extraLength, commentLength, local] = [
      zip.readUInt16LE(at + 10), zip.readUInt32LE(at + 20), zip.readUInt16LE(at + 28), zip.readUInt16LE(at + 30), zip.readUInt16LE(at + 32), zip.readUInt32LE(at + 42),
    ];
    const name = zip.toString("utf8", at + 46, at + 46 + nameLength);
    const from = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const content = zip.subarray(from, from + size);
    files.set(name, (method === 0 ? content : inflateRawSync(content)).toString("utf8"));
    at += 46 + nameLength + extraLength + commentLength;
  }
  return files;
}

function unescaped(xml: string): string {
  return xml.replace(/&(lt|gt|quot|apos|amp|#x?[0-9a-f]+);/gi, (whole, name: string) =>
    ({ lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" })[name] ?? (name.startsWith("#") ? String.fromCodePoint(Number(name.replace(/^#x/i, "0x").replace("#", ""))) : whole));
}

export function readXlsx(bytes: Uint8Array): readonly ReadSheet[] {
  const files = unzip(bytes);
  const file = (name: string): string => files.get(name) ?? "";
  const strings = [...file("xl/sharedStrings.xml").matchAll(/<si>(.*?)<\/si>/gs)].map(([, si = ""]) => unescaped([...si.matchAll(/<t[^>]*>(.*?)<\/t>/gs)].map(([, t = ""]) => t).join("")));
  const styles = file("xl/styles.xml");
  const formats = new Map([...styles.matchAll(/<numFmt numFmtId="(\d+)" formatCode="([^"]*)"/g)].map(([, id = "", code = ""]) => [id, unescaped(code)]));
  const cellStyles = [...(/<cellXfs[^>]*>(.*?)<\/cellXfs>/s.exec(styles)?.[1] ?? "").matchAll(/<xf\b[^>]*>/g)].map(([xf]) => formats.get(/numFmtId="(\d+)"/.exec(xf)?.[1] ?? "") ?? "General");
  return [...file("xl/workbook.xml").matchAll(/<sheet [^>]*name="([^"]*)"/g)].map(([, name = ""], i) => {
    const xml = file(`xl/worksheets/sheet${String(i + 1)}.xml`);
    const cells = [...xml.matchAll(/<c r="([A-Z]+\d+)"([^>]*?)(?:\/>|>(.*?)<\/c>)/gs)].flatMap(([, address = "", attributes = "", content = ""]): [string, ReadCell][] => {
      const format = cellStyles[Number(/ s="(\d+)"/.exec(attributes)?.[1] ?? 0)] ?? "General";
      const value = /<v>(.*?)<\/v>/s.exec(content)?.[1];
      if (content.includes("<f")) return [[address, { type: "formula", value: content, format }]];
      if (value === undefined) return [];
      const isText = attributes.includes('t="s"');
      return [[address, isText ? { type: "text", value: strings[Number(value)] ?? "", format } : { type: "number", value: Number(value), format }]];
    });
    return { name: unescaped(name), cells: new Map(cells), xml };
  });
}

/** The rows from that one on, as the values of their cells. */
export function valuesFrom({ cells }: ReadSheet, row: number): (string | number)[][] {
  const rows = Map.groupBy([...cells].filter(([address]) => Number(/\d+/.exec(address)?.[0]) >= row), ([address]) => Number(/\d+/.exec(address)?.[0]));
  return [...rows.values()].map((own) => own.map(([, { value }]) => value));
}

/** Days since 1899-12-30 as a wall clock, `2025-11-24T11:25`. */
export function wallClock(serial: number): string {
  return new Date(Math.round(serial * 86_400_000) + Date.UTC(1899, 11, 30)).toISOString().slice(0, 16);
}
