// `npm run bench`: measures the limits that the project promises to hold, and prints them as JSON, one object a line.
import { parseArgs } from "node:util";
import { tableOf, type CaseResult } from "./case-result.ts";
import { runCases, SIZES } from "./cases.ts";

const CASES: readonly CaseResult["case"][] = ["commit", "decode", "detect", "start", "saving", "outbox", "latency", "day", "history", "page", "scan", "memory", "loop", "grow"];

const USAGE = `Uso: npm run -s bench -- [opções]

  --table        tabela para ler, em vez de JSON
  --quick        menor e mais rápido (uns 4 min)
  --tiny         só mostra que cada caso roda; não mede nada
  --gzip         respostas comprimidas, como as da API real
  --only CASO    só este caso; pode ser repetida: ${CASES.join(", ")}
  --help
`;

const { values } = parseArgs({
  options: {
    table: { type: "boolean" }, quick: { type: "boolean" }, tiny: { type: "boolean" }, gzip: { type: "boolean" },
    only: { type: "string", multiple: true }, help: { type: "boolean" },
  },
});
const only = values.only ?? CASES;
const unknown = only.filter((name) => !CASES.some((known) => known === name));
if (values.help === true || unknown.length > 0) {
  (unknown.length > 0 ? process.stderr : process.stdout).write(unknown.length > 0 ? `Caso desconhecido: ${unknown.join(", ")}\n\n${USAGE}` : USAGE);
  process.exit(unknown.length > 0 ? 2 : 0);
}

const size = values.tiny === true ? SIZES.tiny : values.quick === true ? SIZES.quick : SIZES.full;
const results: CaseResult[] = [];
for await (const result of runCases({ size, gzip: values.gzip === true, cases: new Set(CASES.filter((name) => only.includes(name))) })) {
  // A list that is whole at the end, and can be read line by line until then.
  if (values.table !== true) process.stdout.write(`${results.length === 0 ? "[" : ","}\n${JSON.stringify(result)}`);
  else process.stderr.write(`${result.case} (${result.setting}): ${String(result.value)} ${result.unit}\n`);
  results.push(result);
}
process.stdout.write(values.table === true ? `${tableOf(results)}\n` : "\n]\n");
