// The limits that the project promises to hold, and how each is measured.
import { z } from "zod";
import { caseResult, median, type CaseResult } from "./case-result.ts";
import { measureDay } from "./day.ts";
import { DATE, FIRST_PLANT, growCases, INVERTERS_PER_PLANT, latencyCase, LOADS, outboxCases, savingCases, type LoadSize } from "./load.ts";
import { pageCase, type PageSize } from "./page.ts";
import { measure, start } from "./processes.ts";

export interface Size {
  readonly plants: number;
  /** Of the bodies; 10 give the real size. */
  readonly inverters: number;
  readonly latencyMs: number;
  readonly concurrencies: readonly number[];
  readonly pairs: number;
  /** Of these pairs, how many are also compared with the client that parses. */
  readonly parsing: number;
  /** Cycles of each kind that are watched. */
  readonly watched: number;
  readonly statePlants: number;
  /** Of a state with 20 inverters a plant, of which as many plants as share a save have changed. */
  readonly statesOf: readonly number[];
  readonly decodePairs: number;
  readonly starts: number;
  readonly commitPairs: number;
  readonly days: number;
  /** Of the history that is filled; its size is extrapolated to 5,000 × 30 where they are fewer. */
  readonly historyInverters: number;
  readonly historyDays: number;
  readonly page: PageSize;
  readonly load: LoadSize;
}

export const SIZES = {
  full: { plants: 200, inverters: 10, latencyMs: 300, concurrencies: [3, 8], pairs: 11, parsing: 5, watched: 3, statePlants: 200, statesOf: [50, 500, 5_000], decodePairs: 11, starts: 11, commitPairs: 31, days: 5, historyInverters: 5_000, historyDays: 30, page: { plants: 500, inverters: 20, latencyMs: 300, rounds: 60 }, load: LOADS.full },
  quick: { plants: 60, inverters: 10, latencyMs: 300, concurrencies: [3, 8], pairs: 3, parsing: 3, watched: 2, statePlants: 200, statesOf: [50, 500, 5_000], decodePairs: 5, starts: 5, commitPairs: 21, days: 3, historyInverters: 1_000, historyDays: 5, page: { plants: 100, inverters: 20, latencyMs: 300, rounds: 30 }, load: LOADS.quick },
  /** Measures nothing: shows that every case runs. */
  tiny: { plants: 12, inverters: 1, latencyMs: 1, concurrencies: [3], pairs: 1, parsing: 1, watched: 2, statePlants: 3, statesOf: [4], decodePairs: 1, starts: 1, commitPairs: 1, days: 1, historyInverters: 20, historyDays: 1, page: { plants: 3, inverters: 1, latencyMs: 1, rounds: 2 }, load: LOADS.tiny },
} as const satisfies Readonly<Record<string, Size>>;

const DAY_PLANTS = 5;
const HISTORY_QUERIES = 31;
const CHANGED_TOGETHER = 40;

const cycle = z.object({ wallMs: z.number(), cpuMs: z.number(), calls: z.number(), readings: z.number(), atOnce: z.number() });
const bare = z.object({ wallMs: z.number(), cpuMs: z.number() });
const alternated = z.object({ pairs: z.array(z.object({ monitor: cycle, bare, parsing: bare.nullable() })) });
const watched = z.object({
  holds: z.object({
    longestMs: z.number(), longestCpuMs: z.number(), longestGcMs: z.number(), mostCpuMs: z.number(), over50: z.number(), p99Ms: z.number(), longestGcPauseMs: z.number(),
  }),
  peakMb: z.number(), heapMb: z.number(), wallS: z.number(), cpuS: z.number(),
});
const cost = z.object({ ms: z.number(), megabytes: z.number() });
const decoded = z.object({ pairs: z.array(z.object({ scan: cost, parse: cost, relayScan: cost, relayParse: cost, detectMs: z.number() })), bytes: z.number(), readings: z.number() });
const started = z.object({ pairs: z.array(z.object({ runMs: z.number(), emptyMs: z.number() })) });
const committed = z.object({ pairs: z.array(z.object({ commitMs: z.number(), rawMs: z.number() })), bytes: z.number(), firstMs: z.number(), loadMs: z.number() });
const filled = z.object({ bytes: z.number(), readings: z.number(), fillS: z.number(), plantMs: z.array(z.number()), monthMs: z.array(z.number()) });
const address = z.object({ baseUrl: z.string(), webhookUrl: z.string(), inverterBytes: z.number(), relayBytes: z.number() });

export interface Run {
  readonly size: Size;
  /** Answers are compressed, as the real API does for who accepts it. */
  readonly gzip: boolean;
  readonly cases: ReadonlySet<CaseResult["case"]>;
}

/** Yields each result as it is measured. */
export async function* runCases({ size, gzip, cases }: Run): AsyncGenerator<CaseResult> {
  // One plant (its own commit), as many as share a save while 8 calls are under way, and all (the first save after a start).
  if (cases.has("commit")) for (const changed of new Set([1, Math.ceil(size.statePlants / 5), size.statePlants])) yield await commitCase(size, changed);
  if (cases.has("commit")) for (const statePlants of size.statesOf) yield await commitCase({ ...size, statePlants }, Math.min(statePlants, CHANGED_TOGETHER));
  if (cases.has("decode") || cases.has("detect")) for (const result of await decodeCases(size)) if (cases.has(result.case)) yield result;
  if (cases.has("start")) yield await startCase(size);
  if (cases.has("saving")) yield* savingCases(size.load.saving);
  if (cases.has("outbox")) yield* outboxCases(size.load.outbox);
  if (cases.has("latency")) yield await latencyCase(size.load.latency);
  if (cases.has("grow")) yield* growCases(size.load.grow, gzip);
  if (cases.has("day")) yield await dayCase(size);
  if (cases.has("history")) yield* historyCases(size);
  if (cases.has("page")) yield await pageCase(size.page);
  if (!cases.has("scan") && !cases.has("memory") && !cases.has("loop")) return;
  const { plants, inverters, latencyMs } = size;
  const simulator = await start("simulator", { plants, inverters, latencyMs, gzip, date: DATE }, address);
  try {
    for (const concurrency of size.concurrencies) {
      const input = { ...simulator.said, concurrency, plants, firstPlant: FIRST_PLANT, date: DATE };
      const setting = `${plants} usinas, ${concurrency} chamadas${gzip ? ", gzip" : ""}`;
      if (cases.has("scan")) yield* scanCases(setting, await measure("scanning", { ...input, cycles: size.pairs, parsing: size.parsing, against: "bare" }, alternated));
      if (!cases.has("memory") && !cases.has("loop")) continue;
      for (const result of watchedCases(setting, await measure("scanning", { ...input, cycles: size.watched, against: "nothing" }, watched))) {
        if (cases.has(result.case)) yield result;
      }
    }
  } finally {
    await simulator.stop();
  }
}

function scanCases(setting: string, { pairs }: z.infer<typeof alternated>): CaseResult[] {
  const ratios = pairs.map(({ monitor, bare: floor }) => monitor.wallMs / floor.wallMs);
  const floors = pairs.map(({ bare: floor }) => floor.wallMs / 1_000);
  const parsed = pairs.flatMap(({ monitor, parsing }) => (parsing === null ? [] : [{ monitor, parsing }]));
  const cpuRatios = parsed.map(({ monitor, parsing }) => monitor.cpuMs / parsing.cpuMs);
  return [
    caseResult({
      case: "scan", setting, value: median(ratios), unit: "×", limit: 1.1,
      how: "ciclo inteiro (relés e inversores) contra um cliente que baixa os mesmos corpos e os joga fora, em pares alternados; mediana",
      figures: {
        min: Math.min(...ratios), max: Math.max(...ratios), pairs: pairs.length,
        monitorS: median(pairs.map(({ monitor }) => monitor.wallMs)) / 1_000, bareS: median(floors), bareSpread: Math.max(...floors) / Math.min(...floors),
        calls: pairs[0]?.monitor.calls ?? 0,
      },
    }),
    caseResult({
      case: "scan", setting: `${setting}, CPU`, value: median(cpuRatios), unit: "×", limit: 0.7,
      how: "CPU do processo em um ciclo inteiro contra a do mesmo cliente com JSON.parse de cada corpo; mediana",
      figures: {
        min: Math.min(...cpuRatios), max: Math.max(...cpuRatios), pairs: parsed.length,
        monitorCpuS: median(parsed.map(({ monitor }) => monitor.cpuMs)) / 1_000, parsingCpuS: median(parsed.map(({ parsing }) => parsing.cpuMs)) / 1_000,
        discardingCpuS: median(pairs.map(({ bare: floor }) => floor.cpuMs)) / 1_000,
      },
    }),
  ];
}

function watchedCases(setting: string, { holds, peakMb, heapMb }: z.infer<typeof watched>): CaseResult[] {
  const { longestMs, ...figures } = holds;
  return [
    caseResult({
      case: "memory", setting, value: peakMb, unit: "MB", limit: 160,
      how: "pico de memória residente (RSS) de um processo que só monitora, do início ao fim", figures: { heapMb },
    }),
    caseResult({
      case: "loop", setting, value: longestMs, unit: "ms", limit: 50,
      how: "maior atraso de um temporizador de 1 ms durante os ciclos; CPU desta thread e coleta de lixo dentro dele à parte", figures,
    }),
  ];
}

async function commitCase({ statePlants, commitPairs }: Size, changed: number): Promise<CaseResult> {
  const { pairs, bytes, firstMs, loadMs } = await measure("commit", { plants: statePlants, invertersPerPlant: INVERTERS_PER_PLANT, changed, pairs: commitPairs }, committed);
  const ratios = pairs.map(({ commitMs, rawMs }) => commitMs / rawMs);
  return caseResult({
    case: "commit", setting: `${statePlants} usinas, ${statePlants * INVERTERS_PER_PLANT} inversores, ${changed} ${changed === 1 ? "usina mudou" : "usinas mudaram"}`,
    value: median(ratios), unit: "×", limit: 3,
    how: "gravação pelo store contra a escrita dos mesmos bytes com os mesmos fsync, em pares alternados; mediana",
    figures: {
      min: Math.min(...ratios), max: Math.max(...ratios), pairs: pairs.length, commitMs: median(pairs.map(({ commitMs }) => commitMs)),
      rawMs: median(pairs.map(({ rawMs }) => rawMs)), firstMs, loadMs, megabytes: bytes / 1e6,
    },
  });
}

async function decodeCases({ inverters, decodePairs }: Size): Promise<CaseResult[]> {
  const { pairs, bytes, readings } = await measure("decode", { inverters, date: DATE, pairs: decodePairs }, decoded);
  const ratios = pairs.map(({ scan, parse }) => parse.ms / scan.ms);
  const scanMs = median(pairs.map(({ scan }) => scan.ms));
  return [
    caseResult({
      case: "decode", setting: `${(bytes / 1e6).toFixed(1)} MB de inversores`, value: 1 / median(ratios), unit: "×", limit: 0.5,
      how: "CPU da varredura dos bytes até as leituras contra a de JSON.parse só, em pares alternados; mediana (0,5 é o dobro da velocidade)",
      figures: {
        fastest: Math.max(...ratios), slowest: Math.min(...ratios), pairs: pairs.length, scanMBs: bytes / 1e3 / scanMs, parseMBs: bytes / 1e3 / median(pairs.map(({ parse }) => parse.ms)),
        relayTimes: median(pairs.map(({ relayScan, relayParse }) => relayParse.ms / relayScan.ms)),
        scanMb: median(pairs.map(({ scan }) => scan.megabytes)), parseMb: median(pairs.map(({ parse }) => parse.megabytes)),
      },
    }),
    caseResult({
      case: "detect", setting: `${String(readings)} leituras de um dia, todas novas`, value: (median(pairs.map(({ detectMs }) => detectMs)) * 1_000) / readings, unit: "µs", limit: 10,
      how: "CPU por leitura: ordenar e julgar no domínio; mediana", figures: { readingsPerS: readings / (median(pairs.map(({ detectMs }) => detectMs)) / 1_000) },
    }),
  ];
}

async function startCase({ starts }: Size): Promise<CaseResult> {
  const { pairs } = await measure("start", { times: starts }, started);
  return caseResult({
    case: "start", setting: "pvmonitor run", value: median(pairs.map(({ runMs }) => runMs)) / 1_000, unit: "s", limit: 2,
    how: "do início do processo à primeira requisição, vista pelo servidor; mediana, com um Node vazio que faz uma requisição ao lado",
    figures: { min: Math.min(...pairs.map(({ runMs }) => runMs)) / 1_000, max: Math.max(...pairs.map(({ runMs }) => runMs)) / 1_000, emptyS: median(pairs.map(({ emptyMs }) => emptyMs)) / 1_000, times: pairs.length },
  });
}

async function dayCase({ days }: Size): Promise<CaseResult> {
  const { wallS, records, lines } = await measureDay({ plants: DAY_PLANTS, times: days });
  return caseResult({
    case: "day", setting: `${DAY_PLANTS} usinas, um dia`, value: median(wallS), unit: "s", limit: 2,
    how: "pvmonitor simulate, do início ao fim do processo; mediana",
    figures: { min: Math.min(...wallS), max: Math.max(...wallS), times: wallS.length, records, lines },
  });
}

async function* historyCases({ historyInverters, historyDays }: Size): AsyncGenerator<CaseResult> {
  const { bytes, readings, fillS, plantMs, monthMs } = await measure("history", { inverters: historyInverters, days: historyDays, queries: HISTORY_QUERIES }, filled);
  const setting = `${historyInverters} inversores, ${historyDays} dias`;
  const perReading = bytes / readings;
  yield caseResult({
    case: "history", setting, value: perReading, unit: "B", limit: 12,
    how: "bytes do arquivo, tudo incluído, por leitura de potência, gravadas de 15 em 15 minutos como nas varreduras",
    figures: { readings, megabytes: bytes / 1e6, fillS },
  });
  yield caseResult({
    case: "history", setting, value: (perReading * 5_000 * 30 * 150) / 1e6, unit: "MB", limit: 600,
    how: "tamanho com 5.000 inversores, 30 dias e 150 leituras por dia: o medido, ou o que os bytes por leitura dão", figures: { megabytes: bytes / 1e6 },
  });
  yield caseResult({
    case: "history", setting, value: Math.max(median(plantMs), median(monthMs)), unit: "ms", limit: 50,
    how: "consulta de uma página (o dia de uma usina com as suas ocorrências; as ocorrências de um mês), ida e volta à thread; a maior das medianas",
    figures: { plantMs: median(plantMs), longestPlantMs: Math.max(...plantMs), monthMs: median(monthMs), longestMonthMs: Math.max(...monthMs), queries: plantMs.length },
  });
}
