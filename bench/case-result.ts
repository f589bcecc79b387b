// What a benchmark case reports, and how a list of them is read by people.

/** One line of the output. */
export interface CaseResult {
  readonly case: "scan" | "memory" | "loop" | "commit" | "decode" | "detect" | "start" | "saving" | "outbox" | "latency" | "grow" | "day" | "history" | "page";
  /** Under which circumstances, in words. */
  readonly setting: string;
  /** What the limit is about. */
  readonly value: number;
  readonly unit: "×" | "MB" | "ms" | "s" | "B" | "µs" | "%";
  readonly limit: number;
  readonly ok: boolean;
  /** How the value was measured. */
  readonly how: string;
  /** What else was measured on the way. */
  readonly figures: Readonly<Record<string, number>>;
}

export function caseResult(result: Omit<CaseResult, "ok">): CaseResult {
  const figures = Object.fromEntries(Object.entries(result.figures).map(([name, figure]) => [name, rounded(figure)]));
  const ok = result.value <= result.limit;
  const value = rounded(result.value);
  return { ...result, value: value <= result.limit === ok ? value : result.value, ok, figures }; // what is just above a limit is shown so
}

/** Three digits are more than a shared machine gives. */
function rounded(value: number): number {
  return Number(value.toPrecision(3));
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  if (low === undefined || high === undefined) throw new Error("no value was measured");
  return (low + high) / 2;
}

const HEADINGS = ["caso", "situação", "medido", "limite", "veredito", "mais"];

export function tableOf(results: readonly CaseResult[]): string {
  const number = (value: number): string => value.toLocaleString("pt-BR", { maximumFractionDigits: 3 });
  const rows = results.map(({ case: name, setting, value, unit, limit, ok, figures }) => [
    name, setting, `${number(value)} ${unit}`, `${number(limit)} ${unit}`, ok ? "ok" : "ACIMA",
    Object.entries(figures).map(([figure, measured]) => `${figure} ${number(measured)}`).join(", "),
  ]);
  const all = [HEADINGS, ...rows];
  const widths = HEADINGS.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd()).join("\n");
}
