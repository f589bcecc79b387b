// How long the page's questions take while the monitor scans, in turn with a bare server's answers of the same size.
import { z } from "zod";
import { caseResult, median, type CaseResult } from "./case-result.ts";
import { start } from "./processes.ts";

export interface PageSize {
  readonly plants: number;
  readonly inverters: number;
  readonly latencyMs: number;
  /** Of each question. */
  readonly rounds: number;
}

const DATE = "2025-12-01";
const FIRST_PLANT = 40_001;
const CONCURRENCY = 8;
const listening = z.object({ address: z.string() });
const simulated = z.object({ baseUrl: z.string(), webhookUrl: z.string() });

interface Question {
  readonly name: string;
  readonly path: (round: number) => string;
}

export async function pageCase({ plants, inverters, latencyMs, rounds }: PageSize): Promise<CaseResult> {
  const questions: readonly Question[] = [
    { name: "overview", path: () => "api/overview" }, { name: "plant", path: (round) => `api/plants/${String(FIRST_PLANT + ((round + 1) * 7) % plants)}` },
    { name: "incidents", path: () => "api/incidents" }, { name: "monitor", path: () => "api/monitor" }, { name: "metrics", path: () => "metrics" },
  ];
  const simulator = await start("simulator", { plants, inverters, latencyMs, gzip: false, date: DATE }, simulated);
  const bare = await start("bare-page", {}, listening);
  const monitor = await start("page", { ...simulator.said, concurrency: CONCURRENCY, date: DATE }, listening);
  try {
    const times = new Map<string, { readonly oursMs: number; readonly bareMs: number }[]>(questions.map(({ name }) => [name, []]));
    // The first round compiles the answers' code; it counts for nobody.
    for (let round = -1; round < rounds; round += 1) {
      for (const { name, path } of questions) {
        const ours = await timed(new URL(path(round), monitor.said.address));
        const floor = await timed(new URL(`/?bytes=${String(ours.bytes)}`, bare.said.address));
        if (round >= 0) times.get(name)?.push({ oursMs: ours.ms, bareMs: floor.ms });
      }
    }
    const figures = [...times].flatMap(([name, pairs]): [string, number][] => {
      const ours = pairs.map(({ oursMs }) => oursMs);
      return [[`${name}Ms`, median(ours)], [`${name}P95Ms`, p95(ours)], [`${name}BareMs`, median(pairs.map(({ bareMs }) => bareMs))]];
    });
    return caseResult({
      case: "page", setting: `${plants} usinas, ${plants * inverters} inversores, ${CONCURRENCY} chamadas`, unit: "ms", limit: 50,
      value: Math.max(...[...times.values()].map((pairs) => median(pairs.map(({ oursMs }) => oursMs)))),
      how: "resposta da página durante as varreduras, do pedido ao último byte; a maior das medianas; em turnos com um fastify sem nada atrás, com os mesmos bytes",
      figures: { ...Object.fromEntries(figures), rounds },
    });
  } finally {
    await monitor.stop();
    await bare.stop();
    await simulator.stop();
  }
}

async function timed(url: URL): Promise<{ readonly ms: number; readonly bytes: number }> {
  const from = performance.now();
  const response = await fetch(url);
  const bytes = (await response.arrayBuffer()).byteLength;
  if (!response.ok) throw new Error(`${url.pathname} answered ${String(response.status)}`);
  return { ms: performance.now() - from, bytes };
}

function p95(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.95) - 1] ?? Number.NaN;
}
