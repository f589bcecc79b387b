// A client on its own, so that its memory is measured alone: asks the API at argv[2] for every plant of the list, some at once, and
// tells what each call gave and what it all took.
import { createTransport } from "../../src/adapters/http/undici-transport.ts";
import { createPlantApi } from "../../src/adapters/pvoperation/client.ts";
import { createSystemClock } from "../../src/adapters/system/system-clock.ts";

const options = { tries: 1, signal: new AbortController().signal };
const [, , baseUrl = "", atOnce = "1"] = process.argv;
const transport = createTransport({ ca: null, proxy: { http: null, https: null, none: null } });
const api = createPlantApi({
  baseUrl, email: "a@exemplo.invalid", password: "senha-de-teste", concurrency: Number(atOnce), transport, clock: createSystemClock(), random: Math.random, telemetry: { tell: () => undefined },
});

const ask = async (plant: string): Promise<[plant: string, word: string]> => {
  const fetched = await api.dayRelay(plant, "2025-12-01", "America/Sao_Paulo", options);
  kept.push(fetched);
  return [plant, fetched.kind === "complete" ? "complete" : fetched.reason];
};
/** What a scan keeps of an answer, for longer than any scan does. */
const kept: unknown[] = [];
const mb = (bytes: number): number => Math.round(bytes / 2 ** 20);
const heap = (): number => {
  for (let time = 0; time < 3; time += 1) globalThis.gc?.();
  return process.memoryUsage().heapUsed;
};

const listed = await api.plants(options);
const plants = listed.kind === "complete" ? listed.value.plants.map(({ id }) => id) : [];
await ask(plants[0] ?? "");
const [peakBefore, heapBefore] = [process.resourceUsage().maxRSS * 1024, heap()];
const started = performance.now();
const words: [plant: string, word: string][] = [];
for (let first = 0; first < plants.length; first += Number(atOnce)) words.push(...await Promise.all(plants.slice(first, first + Number(atOnce)).map(ask)));
const seconds = (performance.now() - started) / 1000;
console.log(JSON.stringify({ words: Object.fromEntries(words), peakMb: mb(process.resourceUsage().maxRSS * 1024 - peakBefore), keptMb: mb(heap() - heapBefore), seconds }));
await transport.close();
