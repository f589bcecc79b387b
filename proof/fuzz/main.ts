// `npm run simulate:fuzz -- --seeds N [--from N]`: random worlds, random faults, and the promises of docs/garantias.md.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { parseFuzzFile, type FuzzFile } from "./fuzz-file.ts";
import { makeCase } from "./make-case.ts";
import { playSeeds } from "./play-seeds.ts";
import { play, type Verdict } from "./play.ts";
import type { Violation } from "./promises.ts";
import { shrink } from "./shrink.ts";

const USAGE = `Usage: npm run simulate:fuzz -- [options]

  --seeds N     how many seeds (default 200)
  --from N      the first of them (default 1)
  --file FILE   one case from a file: a scenario, or what an earlier failure was shrunk to
  --no-shrink   do not shrink a failure
  --help
`;
const COMMAND = "npm run simulate:fuzz --";
const FOLDER = join("tmp", "fuzz");
const MOST_TRIES = 400;
/** A run that fails everywhere has said enough. */
const MOST_FAILURES = 5;

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "200" }, from: { type: "string", default: "1" }, file: { type: "string" },
    "no-shrink": { type: "boolean", default: false }, help: { type: "boolean", default: false },
  },
});
const say = (line: string): void => void process.stdout.write(`${line}\n`);

if (values.help) say(USAGE);
else if (values.file !== undefined) process.exitCode = await playFile(values.file);
else process.exitCode = await playAll(Number(values.from), Number(values.seeds));

async function playFile(path: string): Promise<number> {
  const verdict = await play(parseFuzzFile(JSON.parse(await readFile(path, "utf8"))));
  tell(verdict.violations);
  say(`${String(verdict.events)} events, ${String(verdict.cards)} cards, ${String(verdict.lives)} lives, ${String(verdict.violations.length)} broken promises`);
  return verdict.violations.length === 0 ? 0 : 1;
}

async function playAll(from: number, count: number): Promise<number> {
  if (!Number.isInteger(from) || !Number.isInteger(count) || count < 1) {
    say(USAGE);
    return 2;
  }
  const startedMs = performance.now();
  const sum = { plantDays: 0, events: 0, cards: 0, duplicates: 0, lives: 0, plants: 0, devices: 0, readings: 0, cpuSeconds: 0 };
  const failed: { seed: number; violations: readonly Violation[] }[] = [];
  let played = 0;
  await playSeeds({
    seeds: Array.from({ length: count }, (_, i) => from + i),
    onVerdict: ({ seed, violations, ...figures }) => {
      played += 1;
      for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += figures[key];
      if (violations.length > 0) failed.push({ seed, violations });
      return failed.length < MOST_FAILURES;
    },
  });
  const seconds = (performance.now() - startedMs) / 1000;
  for (const { seed, violations } of failed) await explain(seed, violations);
  const perSecond = (spent: number): string => (sum.plantDays / spent).toFixed(0);
  say(`${String(played)} seeds from ${String(from)}: ${sum.plantDays.toFixed(0)} plant-days in ${seconds.toFixed(1)} s, ${perSecond(seconds)} a second; ${perSecond(sum.cpuSeconds / 2)} in a second of 2 cores (by processor time)`);
  const each = (figure: number): string => (figure / played).toFixed(1);
  say(`a world: ${each(sum.plants)} plants with ${each(sum.devices)} devices, ${(sum.plantDays / sum.plants).toFixed(1)} days, ${each(sum.readings)} readings, ${each(sum.lives)} lives of the process`);
  say(`${String(sum.events)} events, ${String(sum.cards)} cards, ${String(sum.duplicates)} of them repeated after a crash or a lost answer, ${String(sum.lives)} lives`);
  say(failed.length === 0 ? "every promise was kept" : `broken promises in ${String(failed.length)} seeds`);
  return failed.length === 0 ? 0 : 1;
}

async function explain(seed: number, violations: readonly Violation[]): Promise<void> {
  say(`\nseed ${String(seed)}:`);
  tell(violations);
  say(`  again: ${COMMAND} --seeds 1 --from ${String(seed)}`);
  if (!values["no-shrink"]) await shrinkInto(seed, violations[0]?.promise ?? 1);
}

function tell(violations: readonly Violation[]): void {
  for (const { promise, at, what } of violations.slice(0, 5)) say(`  promise ${String(promise)} broken at ${at}: ${what}`);
}

async function shrinkInto(seed: number, promise: Violation["promise"]): Promise<void> {
  const breaks = async (file: FuzzFile): Promise<boolean> => {
    const verdict: Verdict = await play(parseFuzzFile(file));
    return verdict.violations.some((violation) => violation.promise === promise);
  };
  const { file, tries } = await shrink(makeCase(seed), breaks, MOST_TRIES);
  const path = join(FOLDER, `seed-${String(seed)}.scenario.json`);
  await mkdir(FOLDER, { recursive: true });
  await writeFile(path, JSON.stringify(file, null, 1));
  const records = [file.day_relay, file.day_inverter].flatMap((kind) => Object.values(kind ?? {})).reduce((sum, list) => sum + list.length, 0);
  say(`  shrunk in ${String(tries)} tries to ${String(file.plants.length)} plants and ${String(records)} records: ${COMMAND} --file ${path}`);
}
