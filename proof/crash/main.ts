// `npm run crash-test`: kills the real process again and again, at random and at every step of a commit, and takes the power away.
import { parseArgs } from "node:util";
import { losePower, runKills, runSteps, runTraced, type CaseResult } from "./cases.ts";
import { CARELESS } from "./commits.ts";
import { killTable, powerTable, verdict } from "./report.ts";
import type { Replay } from "./power-loss.ts";

const CASES = ["kills", "steps", "power", "strace"];
const STANDARD = ["kills", "steps", "power"];

const USAGE = `Uso: npm run -s crash-test -- [opções]

  --kills N    mortes em momentos sorteados (padrão: 300)
  --seed N     semente da primeira série de 50; as outras seguem (padrão: do relógio)
  --only CASO  só este caso; pode ser repetida: ${CASES.join(", ")} (strace, se houver, só com --only)
  --help
`;

const { values } = parseArgs({
  options: { kills: { type: "string", default: "300" }, seed: { type: "string" }, only: { type: "string", multiple: true, default: STANDARD }, help: { type: "boolean" } },
});
const [kills, seed] = [Number(values.kills), values.seed === undefined ? Date.now() % 1_000_000 : Number(values.seed)];
const isWrong = values.only.some((name) => !CASES.includes(name)) || !Number.isInteger(kills) || kills < 1 || !Number.isInteger(seed);
if (values.help === true || isWrong) {
  (isWrong ? process.stderr : process.stdout).write(USAGE);
  process.exit(isWrong ? 2 : 0);
}

const startedMs = performance.now();
const results: CaseResult[] = [];
const only = new Set(values.only);
if (only.has("kills")) results.push(...await runKills({ kills, seed }));
if (only.has("steps")) results.push(...await runSteps(seed));
if (only.has("strace")) results.push(await runTraced(seed));
if (results.length > 0) process.stdout.write(`${killTable(results)}\n\n${verdict(results)}\n`);

const replays = new Map<string, Replay>();
let isPowerProof = true;
if (only.has("power")) {
  for (const [beginning, words] of [["nothing", "nada"], ["predecessor", "um arquivo do antecessor"], ["broken", "um arquivo ilegível"]] as const) {
    const replayed = await losePower(beginning);
    replays.set(words, replayed);
    isPowerProof &&= replayed.bad === 0;
  }
  // What a careless disk loses is to be seen.
  for (const careless of CARELESS) {
    const replayed = await losePower("nothing", careless);
    replays.set(`nada, com um disco descuidado (${careless})`, replayed);
    isPowerProof &&= replayed.bad > 0;
  }
  process.stdout.write(`${results.length > 0 ? "\n" : ""}${powerTable(replays)}\n`);
}
process.stdout.write(`\nsemente ${String(seed)}, ${((performance.now() - startedMs) / 1_000).toFixed(0)} s\n`);
process.exitCode = isPowerProof && results.every(({ faults }) => faults.length === 0) ? 0 : 1;
