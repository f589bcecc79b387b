// `npm run planted-bugs`: how soon the checkers of the promises see each of the planted bugs.
import { BUGS } from "./bugs.ts";
import { hunt } from "./hunt.ts";

const MOST_SEEDS = 200;
const only = process.argv.slice(2).join(" ");
const say = (line: string): void => void process.stdout.write(`${line}\n`);

let missed = 0;
say("| bug | seeds until caught | promise | seconds | seen as |\n| --- | --- | --- | --- | --- |");
for (const bug of BUGS.filter(({ name }) => name.includes(only))) {
  const startedMs = performance.now();
  const { seed, promise, what } = await hunt(bug, MOST_SEEDS);
  if (seed === null) missed += 1;
  say(`| ${bug.name} | ${seed === null ? `not in ${String(MOST_SEEDS)}` : String(seed)} | ${promise === null ? "" : String(promise)} | ${((performance.now() - startedMs) / 1000).toFixed(1)} | ${what.slice(0, 110)} |`);
}
say(missed === 0 ? "every bug was caught" : `${String(missed)} bugs were not caught`);
process.exitCode = missed === 0 ? 0 : 1;
