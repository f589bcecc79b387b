// `npm run soak`: three days of 1,000 plants with faults, and what the process holds at the end of each.
import { parseArgs } from "node:util";
import { dayLine, growths } from "./limits.ts";
import { soak, soakOptions } from "./run.ts";

const USAGE = `Uso: npm run -s soak -- [opções]

  --plants N      usinas (padrão: 1000), cada uma com 4 inversores, uma em cinco com relé
  --days N        dias (padrão: 3)
  --interval S    segundos entre varreduras (padrão: 1800)
  --leak O_QUE    planta um vazamento, para vê-lo achado: memory, sleepers, handles
  --help
`;

const { values } = parseArgs({
  options: {
    plants: { type: "string", default: "1000" }, days: { type: "string", default: "3" }, interval: { type: "string", default: "1800" },
    leak: { type: "string", default: "none" }, help: { type: "boolean" },
  },
});
const options = soakOptions.safeParse({ plants: Number(values.plants), days: Number(values.days), intervalS: Number(values.interval), leak: values.leak });
if (values.help === true || !options.success) {
  (options.success ? process.stdout : process.stderr).write(USAGE);
  process.exit(options.success ? 0 : 2);
}
const found = growths(await soak(options.data, (end) => { process.stdout.write(`${dayLine(end)}\n`); }));
process.stdout.write(found.length === 0 ? "Nada cresceu além de 5 % e 5 MB.\n" : `CRESCEU:\n${found.map((text) => `  - ${text}`).join("\n")}\n`);
process.exitCode = found.length === 0 ? 0 : 1;
