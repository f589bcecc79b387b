// What came of it, for reading: a table, and each fault with the command that runs it again.
import type { CaseResult } from "./cases.ts";
import type { KillKind } from "./plans.ts";
import type { Replay } from "./power-loss.ts";
import type { KillResult } from "./series.ts";

const WORDS: Readonly<Record<KillKind, string>> = {
  start: "ao iniciar",
  call: "em uma chamada à API",
  accepted: "cartão aceito, resposta não dada",
  answered: "logo após a resposta do Teams",
  write: "durante a gravação do estado",
  replaced: "logo após a troca do arquivo",
  second: "parada, com uma segunda recusada",
  twins: "de duas iniciadas juntas",
  step: "em um passo da gravação",
  traced: "em fsync e rename, por strace",
};
const LATE = "no prazo (o momento não veio)";
const HEADINGS = ["morte (SIGKILL)", "vezes", "gravação a meio", "aceito e não anotado", "repetidos", "estados quebrados"];

export function killTable(results: readonly CaseResult[]): string {
  const kills = results.flatMap((result) => result.kills);
  const groups = Map.groupBy(kills, ({ kind, cameToIt }) => (cameToIt ? WORDS[kind] : LATE));
  const rows = [...Object.values(WORDS), LATE].flatMap((words) => {
    const group = groups.get(words);
    return group === undefined ? [] : [rowOf(words, group)];
  });
  return tableOf([HEADINGS, ...rows, rowOf("todas", kills)]);
}

function rowOf(words: string, kills: readonly KillResult[]): string[] {
  const sum = (count: (kill: KillResult) => number): string => String(kills.reduce((total, kill) => total + count(kill), 0));
  return [words, String(kills.length), sum(({ isWithinSave }) => Number(isWithinSave)), sum(({ unnoted }) => unnoted), sum(({ repeats }) => repeats), sum(({ isBroken }) => Number(isBroken))];
}

export function powerTable(replays: ReadonlyMap<string, Replay>): string {
  return tableOf([
    ["sem energia, a partir de", "cortes", "discos possíveis", "nem o velho nem o novo"],
    ...[...replays].map(([words, { prefixes, disks, bad }]) => [words, String(prefixes), String(disks), String(bad)]),
  ]);
}

/** The summary of all series, with their faults and what runs a faulty one again. */
export function verdict(results: readonly CaseResult[]): string {
  const [events, lost] = [results.reduce((sum, result) => sum + result.events, 0), results.reduce((sum, result) => sum + result.lost, 0)];
  const faulty = results.filter(({ faults }) => faults.length > 0);
  return [
    `${String(events)} eventos, ${String(lost)} perdidos; ${faulty.length === 0 ? "promessas 1 a 5 mantidas" : "PROMESSA QUEBRADA"}`,
    ...faulty.flatMap(({ faults, command }) => [...faults.map((fault) => `  - ${fault}`), `  de novo: ${command}`]),
  ].join("\n");
}

function tableOf(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join("  ").trimEnd()).join("\n");
}
