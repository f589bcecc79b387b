// What a large account, a long queue and the way of one reading cost: saves of 100,000 inverters, 10,000 waiting cards, from reading to card, 5,000 plants.
import { z } from "zod";
import { caseResult, median, type CaseResult } from "./case-result.ts";
import { measure, start } from "./processes.ts";

export interface LoadSize {
  /** Plants of 20 inverters, of which the saves are watched for so long. */
  readonly saving: { readonly plants: readonly number[]; readonly seconds: number };
  readonly outbox: { readonly plants: readonly number[]; readonly waiting: number; readonly sent: number };
  readonly latency: {
    readonly plants: number; readonly changing: number; readonly latencyMs: number; readonly intervalS: number;
    /** From a device's reading to its next, from the start to the first failure, from there to the last, and of each failure. */
    readonly stepS: number; readonly settleS: number; readonly failingS: number; readonly downS: number;
  };
  readonly grow: { readonly plants: readonly number[]; readonly readings: number };
}

export const LOADS = {
  full: {
    saving: { plants: [5_000], seconds: 120 },
    outbox: { plants: [200, 5_000], waiting: 10_000, sent: 200 },
    latency: { plants: 200, changing: 75, latencyMs: 300, intervalS: 30, stepS: 10, settleS: 40, failingS: 150, downS: 60 },
    grow: { plants: [50, 200, 1_000, 5_000], readings: 3 },
  },
  quick: {
    saving: { plants: [5_000], seconds: 40 },
    outbox: { plants: [200], waiting: 10_000, sent: 50 },
    latency: { plants: 60, changing: 25, latencyMs: 300, intervalS: 15, stepS: 5, settleS: 15, failingS: 45, downS: 30 },
    grow: { plants: [50, 200, 1_000], readings: 3 },
  },
  tiny: {
    saving: { plants: [3], seconds: 0 },
    outbox: { plants: [3], waiting: 8, sent: 2 },
    latency: { plants: 3, changing: 2, latencyMs: 1, intervalS: 1, stepS: 1, settleS: 2, failingS: 1, downS: 4 },
    grow: { plants: [3, 6], readings: 1 },
  },
} as const satisfies Readonly<Record<string, LoadSize>>;

export const DATE = "2025-12-01";
export const FIRST_PLANT = 40_001;
export const INVERTERS_PER_PLANT = 20;
const CONCURRENCY = 8;
const PACE_MS = 250;
const SLACK_S = 2;

const held = z.object({ longestMs: z.number(), mostCpuMs: z.number(), over50: z.number(), longestGcPauseMs: z.number() });
const simulated = z.object({ baseUrl: z.string(), webhookUrl: z.string() });
const saved = z.object({ firstMs: z.number(), firstHoldMs: z.number(), firstHoldCpuMs: z.number(), saves: z.array(z.number()).min(1), wallMs: z.number(), holds: held, peakMb: z.number() });
const delivered = z.object({
  wallMs: z.number(), cpuMs: z.number(), cards: z.number(), passMs: z.number(), digestPassMs: z.number(), saves: z.array(z.number()), holds: held, bareMs: z.number(),
});
const told = z.object({ latenciesMs: z.array(z.number()), cyclesMs: z.array(z.number()), cards: z.number() });
const grown = z.object({ peakMb: z.number(), heapMb: z.number(), wallS: z.number(), cpuS: z.number() });

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

export async function* savingCases({ plants: sizes, seconds }: LoadSize["saving"]): AsyncGenerator<CaseResult> {
  for (const plants of sizes) {
    const { firstMs, firstHoldMs, firstHoldCpuMs, saves, wallMs, holds, peakMb } = await measure("saving", { plants, invertersPerPlant: INVERTERS_PER_PLANT, seconds }, saved);
    const setting = `${plants} usinas, ${plants * INVERTERS_PER_PLANT} inversores, varridas sem parar`;
    yield caseResult({
      case: "saving", setting, value: (100 * sum(saves)) / wallMs, unit: "%", limit: 3,
      how: "tempo gasto em gravações que não devem cartão, com disco e relógio reais; a primeira gravação, de tudo, fica fora",
      figures: { saves: saves.length, saveMs: median(saves), wallS: wallMs / 1_000, firstMs, peakMb },
    });
    yield caseResult({
      case: "saving", setting, value: Math.max(holds.longestMs, firstHoldMs), unit: "ms", limit: 50,
      how: "maior atraso de um temporizador de 1 ms durante essas gravações, a primeira também; CPU desta thread à parte",
      figures: { mostCpuMs: Math.max(holds.mostCpuMs, firstHoldCpuMs), firstHoldMs, firstHoldCpuMs, laterHoldMs: holds.longestMs, over50: holds.over50, longestGcPauseMs: holds.longestGcPauseMs },
    });
  }
}

export async function* outboxCases({ plants: sizes, waiting, sent }: LoadSize["outbox"]): AsyncGenerator<CaseResult> {
  const simulator = await start("simulator", { plants: 1, inverters: 1, latencyMs: 0, gzip: false, date: DATE }, simulated);
  try {
    for (const plants of sizes) {
      const { wallMs, cpuMs, cards, passMs, digestPassMs, saves, holds, bareMs } =
        await measure("outbox", { ...simulator.said, plants, invertersPerPlant: INVERTERS_PER_PLANT, waiting, sent }, delivered);
      yield caseResult({
        case: "outbox", setting: `${waiting} cartões à espera, ${plants} usinas`, value: wallMs / cards, unit: "ms", limit: PACE_MS,
        how: "um cartão, da escolha à gravação de que foi aceito, sem a espera entre cartões (250 ms: o que couber nela não atrasa nenhum); ao lado, um POST do mesmo corpo só com undici",
        figures: { cards, cpuMs: cpuMs / cards, bareMs: bareMs / cards, passMs, digestPassMs, saveMs: median(saves), longestHoldMs: holds.longestMs, mostCpuMs: holds.mostCpuMs },
      });
    }
  } finally {
    await simulator.stop();
  }
}

export async function latencyCase({ plants, changing, latencyMs, intervalS, stepS, settleS, failingS, downS }: LoadSize["latency"]): Promise<CaseResult> {
  const untilS = settleS + failingS;
  const simulator = await start("live-simulator", { plants, changing, fromS: settleS, untilS, downS, stepS, latencyMs }, simulated.extend({ aheadMs: z.number() }));
  try {
    const events = 2 * changing;
    const patienceS = untilS + downS + 4 * (intervalS + 5 * stepS) + 60;
    const { latenciesMs, cyclesMs, cards } = await measure("latency", { ...simulator.said, concurrency: CONCURRENCY, intervalS, events, patienceS }, told);
    const sorted = latenciesMs.toSorted((a, b) => a - b);
    const cycleS = median(cyclesMs) / 1_000;
    return caseResult({
      case: "latency", setting: `${plants} usinas, intervalo de ${intervalS} s, ${CONCURRENCY} chamadas`, value: (sorted[Math.ceil(sorted.length * 0.99) - 1] ?? Number.NaN) / 1_000, unit: "s",
      limit: Number((intervalS + cycleS + SLACK_S).toPrecision(3)),
      how: "da leitura servida (a que prova a falha ou a volta) ao cartão aceito, em tempo real; percentil 99; limite: um intervalo, um ciclo (mediana desta rodada) e 2 s",
      figures: { events, cards, medianS: median(sorted) / 1_000, longestS: (sorted.at(-1) ?? 0) / 1_000, intervalS, cycleS, longestCycleS: Math.max(...cyclesMs) / 1_000 },
    });
  } finally {
    await simulator.stop();
  }
}

export async function* growCases({ plants: sizes, readings }: LoadSize["grow"], gzip: boolean): AsyncGenerator<CaseResult> {
  for (const plants of sizes) {
    const simulator = await start("simulator", { plants, inverters: INVERTERS_PER_PLANT, readings, latencyMs: 0, gzip, date: DATE }, simulated);
    try {
      const input = { ...simulator.said, concurrency: CONCURRENCY, plants, firstPlant: FIRST_PLANT, date: DATE, cycles: 2, against: "nothing" };
      const { peakMb, heapMb, wallS, cpuS } = await measure("scanning", input, grown);
      yield caseResult({
        case: "grow", setting: `${plants} usinas, ${plants * INVERTERS_PER_PLANT} inversores`, value: peakMb, unit: "MB", limit: plants <= 200 ? 160 : 450,
        how: "pico de memória residente (RSS) de dois ciclos de cada tipo, sem latência e com corpos pequenos; a CPU por usina diz se cresce em linha reta",
        figures: { heapMb, wallS, cpuS, cpuMsPerPlant: (cpuS * 1_000) / plants / 2, kbPerInverter: (peakMb * 1_000) / plants / INVERTERS_PER_PLANT, readings },
      });
    } finally {
      await simulator.stop();
    }
  }
}
