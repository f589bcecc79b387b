// `npm run cluster-test`: a hurried day of several workers to which all sorts of things happen. A failing seed prints the command that repeats it.
import { parseArgs } from "node:util";
import { clusterOptions, runCluster } from "./run.ts";

const USAGE = `Usage: npm run -s cluster-test -- [options]

  --plants N     default 500, each with 2 inverters, one in five with a relay
  --hours N      of the day, 2 to 24 (default 24)
  --seed N       decides the day and what happens to the cluster (default: by chance)
  --factor N     how many times faster than real time (default 60: a busy machine with 2 cores keeps up)
  --interval S   seconds of the hurried clock between scans (default 1800)
  --help
`;
const GONE_S = { virtual: 600, real: 20 };

const { values } = parseArgs({
  options: {
    plants: { type: "string", default: "500" }, hours: { type: "string", default: "24" }, seed: { type: "string", default: String(Math.floor(Math.random() * 100_000)) },
    factor: { type: "string", default: "60" }, interval: { type: "string", default: "1800" }, help: { type: "boolean" },
  },
});
const factor = Number(values.factor);
const options = clusterOptions.safeParse({
  plants: Number(values.plants), hours: Number(values.hours), seed: Number(values.seed), factor, intervalS: Number(values.interval),
  goneS: Math.max(GONE_S.real, GONE_S.virtual / factor),
});
if (values.help === true || !options.success) {
  (options.success ? process.stdout : process.stderr).write(USAGE);
  process.exit(options.success ? 0 : 2);
}
const { wrong, folder, ...figures } = await runCluster(options.data, (line) => { process.stdout.write(`${line}\n`); });
process.stdout.write(`${JSON.stringify(figures)}\n`);
for (const text of wrong) process.stdout.write(`WRONG: ${text}\n`);
if (folder !== null) process.stdout.write(`Logs of the workers: ${folder}\nAgain: npm run -s cluster-test -- --seed ${values.seed} --plants ${values.plants} --hours ${values.hours} --factor ${values.factor} --interval ${values.interval}\n`);
process.exitCode = wrong.length === 0 ? 0 : 1;
