// One pass over all plants of one kind, and the rhythm of the passes: start to start, never doubled, gentle on an API that is down.
import { HOUR_MS, MINUTE_MS } from "../domain/local-time.ts";
import { withMonitor } from "../domain/monitor-state.ts";
import type { DeviceKind } from "../domain/plant.ts";
import { isServiceReason, type Reason } from "../ports/plant-api.ts";
import type { PlantScan } from "../ports/plant-scan.ts";
import type { Context } from "./context.ts";
import type { PlantList } from "./plant-list.ts";
import type { PlantTurns } from "./plant-turns.ts";
import type { scanPlant } from "./scan-plant.ts";

/** This many plants unavailable in a row, or all of them, end a cycle. */
const UNAVAILABLE_IN_A_ROW = 10;
const PROBE_MS = MINUTE_MS;
const TRIES = 3;
/** Relays first: cycles that are due this close together begin in this order. */
const KINDS: readonly DeviceKind[] = ["relay", "inverter"];
const SAME_TICK_MS = 500;
/** Plants under way at once for each call that may be: while one decides and commits, another fetches. */
const SCANS_PER_CALL = 2;

export interface ScanParts {
  readonly context: Context;
  readonly scan: typeof scanPlant;
  readonly plants: PlantList;
  readonly turns: PlantTurns;
  readonly probes: Probes;
  /** After each inverter cycle or probe, for whoever looks at all plants (those without data). */
  readonly afterInverters: () => void;
  readonly countCalls: () => number;
}

/** Shared by both kinds: an API that is down gets one probe a minute, and its first answer is good news for both. */
export interface Probes {
  nextAtMs: number;
  answered: AbortController;
}

export interface CycleTally {
  plants: number;
  complete: number;
  unavailable: number;
  unwatched: number;
  readings: number;
  oldNews: number;
  unusable: number;
  reasons: Partial<Record<Reason, number>>;
  endedEarly: boolean;
}

/** Scans until the stop signal: a cycle every interval, start to start; one that overran is followed at once. */
export async function scanForever(parts: ScanParts): Promise<void> {
  const { clock, stop } = parts.context;
  const originMs = clock.monotonicMs();
  const dueMs: Record<DeviceKind, number> = { relay: originMs, inverter: originMs };
  const underWay = new Map<DeviceKind, Promise<void>>();
  const failures: unknown[] = [];
  let wake = new AbortController();
  const wakeUp = (): void => {
    wake.abort();
  };
  stop.addEventListener("abort", wakeUp);
  while (!stop.aborted && failures.length === 0) {
    wake = new AbortController();
    for (const kind of KINDS) {
      if (underWay.has(kind) || dueMs[kind] > clock.monotonicMs() + SAME_TICK_MS) continue;
      const pass = scanOnce(kind, originMs, parts).then((nextMs) => (dueMs[kind] = nextMs), (error: unknown) => failures.push(error));
      underWay.set(kind, pass.then(() => {
        underWay.delete(kind);
        wake.abort();
      }));
    }
    const nextMs = Math.min(...KINDS.filter((kind) => !underWay.has(kind)).map((kind) => dueMs[kind]), clock.monotonicMs() + HOUR_MS);
    await clock.sleep(nextMs - clock.monotonicMs(), wake.signal);
  }
  stop.removeEventListener("abort", wakeUp);
  await Promise.all(underWay.values());
  if (failures.length > 0) throw new Error("a scan broke an invariant", { cause: failures[0] });
}

/** One cycle and, where the API turned out to be down, the probes after it. Resolves to when the next cycle is due: at once
 *  after an outage, else at the next whole interval since the start. So no outage shifts the rhythm of the day. */
async function scanOnce(kind: DeviceKind, originMs: number, parts: ScanParts): Promise<number> {
  const { clock, settings } = parts.context;
  const intervalMs = settings.intervalMs[kind];
  const startedMs = clock.monotonicMs();
  const { endedEarly } = await runCycle(kind, parts);
  if (!endedEarly) return originMs + (Math.floor((startedMs + SAME_TICK_MS - originMs) / intervalMs) + 1) * intervalMs;
  await probeUntilReachable(kind, parts);
  return clock.monotonicMs();
}

export async function runCycle(kind: DeviceKind, parts: ScanParts): Promise<CycleTally> {
  const { context, plants, turns } = parts;
  const startedMs = context.clock.monotonicMs();
  const callsBefore = parts.countCalls();
  // Announced before the first wait, so that an inverter cycle of the same tick finds it.
  const known = kind === "relay" ? [...context.ledger.state.plants.keys()] : [];
  turns.announceRelays(known);
  const { ids, isReachable } = await plants.read();
  if (kind === "relay") turns.announceRelays(ids);
  const tally = await scanAll(kind, ids, parts).finally(() => {
    if (kind === "relay") for (const id of [...known, ...ids]) turns.relaysDone(id);
  });
  if (ids.length === 0 && !isReachable) tally.endedEarly = true;
  if (!tally.endedEarly && !context.stop.aborted) noteCycle(context, kind);
  if (!context.stop.aborted) {
    const durationMs = context.clock.monotonicMs() - startedMs;
    context.telemetry.tell({ kind: "scan.finished", scan: kind, durationMs, calls: parts.countCalls() - callsBefore, ...tally });
    if (kind === "inverter") parts.afterInverters();
  }
  return tally;
}

async function scanAll(kind: DeviceKind, ids: readonly string[], parts: ScanParts): Promise<CycleTally> {
  const { context, scan: scanOne, turns } = parts;
  const tally: CycleTally = { plants: 0, complete: 0, unavailable: 0, unwatched: 0, readings: 0, oldNews: 0, unusable: 0, reasons: {}, endedEarly: false };
  const queue = ids.values();
  let inARow = 0;
  const work = async (): Promise<void> => {
    for (const id of queue) {
      if (kind === "inverter") await turns.relaysOf(id);
      const scan = await turns.take(id, () => scanOne(context, kind, id, TRIES));
      if (kind === "relay") turns.relaysDone(id);
      count(tally, scan);
      if (scan.outcome === "unavailable" && isServiceFault(scan)) inARow += 1;
      else if (wasAsked(scan)) inARow = 0;
      if (inARow >= UNAVAILABLE_IN_A_ROW) tally.endedEarly = true;
      if (tally.endedEarly || context.stop.aborted) return;
    }
  };
  await Promise.all(Array.from({ length: SCANS_PER_CALL * context.settings.concurrency }, work));
  if (inARow > 0 && inARow === tally.plants - tally.unwatched) tally.endedEarly = true;
  return tally;
}

function count(tally: CycleTally, { outcome, reason, records, oldNews, unusable }: PlantScan): void {
  if (outcome === "without-relay") return;
  tally.plants += 1;
  if (outcome === "complete") tally.complete += 1;
  else if (outcome === "unavailable") tally.unavailable += 1;
  else tally.unwatched += 1;
  if (reason !== null) tally.reasons[reason] = (tally.reasons[reason] ?? 0) + 1;
  tally.readings += records;
  tally.oldNews += oldNews;
  tally.unusable += unusable;
}

function wasAsked({ outcome }: PlantScan): boolean {
  return outcome === "complete" || outcome === "unavailable";
}

/** Whether the scan failed because of the service as a whole, not of this plant. */
function isServiceFault({ reason }: PlantScan): boolean {
  return reason !== null && isServiceReason(reason);
}

function noteCycle({ ledger, clock }: Context, kind: DeviceKind): void {
  const now = clock.now();
  ledger.stage((state) => withMonitor(state, { lastCycle: { ...state.monitor.lastCycle, [kind]: now } }));
}

/** One probe a minute, each of another plant with a single try; the first that gets an answer lets the cycles go on at once. */
async function probeUntilReachable(kind: DeviceKind, parts: ScanParts): Promise<void> {
  const { context, probes } = parts;
  const { clock, stop } = context;
  for (let turn = 0; !stop.aborted; turn += 1) {
    const waitMs = Math.max(PROBE_MS, probes.nextAtMs - clock.monotonicMs());
    probes.nextAtMs = clock.monotonicMs() + waitMs + PROBE_MS;
    const { answered } = probes;
    await clock.sleep(waitMs, AbortSignal.any([stop, answered.signal]));
    if (answered.signal.aborted) return;
    if (await isReachable(kind, turn, parts)) {
      probes.answered = new AbortController();
      answered.abort();
      return;
    }
    if (kind === "inverter") parts.afterInverters();
  }
}

/** True where a plant was read, or said of itself that it cannot be; plants that are not asked now are passed by. */
async function isReachable(kind: DeviceKind, turn: number, { context, scan: scanOne, plants, turns }: ScanParts): Promise<boolean> {
  if (context.stop.aborted) return false;
  const known = plants.known();
  if (known.length === 0) return (await plants.read(1)).isReachable;
  for (let i = 0; i < known.length; i += 1) {
    const id = known[(turn + i) % known.length] ?? "";
    const scan = await turns.take(id, () => scanOne(context, kind, id, 1));
    if (wasAsked(scan)) return !isServiceFault(scan);
  }
  return true;
}
