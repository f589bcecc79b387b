// Scans that any worker does: sent to the queue, no more at a time than the API may be asked, and awaited until their rows say how they went.
import { SECOND_MS } from "../domain/local-time.ts";
import type { Clock } from "../ports/clock.ts";
import type { CallLimit, ScanJob, ScanQueue, SharedState } from "../ports/cluster.ts";
import type { Reason } from "../ports/plant-api.ts";
import type { ApiCall, EndedScan, PlantScan, ScanPlant } from "../ports/plant-scan.ts";
import type { Telemetry } from "../ports/telemetry.ts";

export interface DispatchParts {
  readonly open: SharedState;
  readonly queue: ScanQueue;
  readonly limit: CallLimit;
  /** Real time: that of the database and its workers. */
  readonly clock: Clock;
  /** Hears of the calls that the workers made. */
  readonly calls: Telemetry;
  readonly stop: AbortSignal;
}

const LOOK_MS = 50;
/** A queue or database that is away is tried again this often. */
const AWAY_MS = 2 * SECOND_MS;
/** A scan that nobody brings to its end is noticed so long after it was sent, at the latest. */
const DOUBT_MS = 20 * SECOND_MS;
const SUFFERED: ReadonlySet<ApiCall["outcome"]> = new Set(["throttled", "server-error", "timeout"]);

interface Awaited {
  readonly job: ScanJob;
  known: string | null;
  doubtAtMs: number;
  /** Found in no queue the last time that it was looked for. */
  isMissed: boolean;
  readonly end: (ended: EndedScan | null) => void;
}

export function createDispatcher({ open, queue, limit, clock, calls, stop }: DispatchParts): ScanPlant {
  const awaited = new Map<string, Awaited>();
  let isLooking = false;

  async function look(): Promise<void> {
    isLooking = true;
    while (awaited.size > 0 && !stop.aborted) {
      await clock.sleep(LOOK_MS, stop);
      try {
        for (const ended of await open.scansSince(new Map([...awaited].map(([id, { known }]) => [id, known])))) note(ended);
        for (const one of awaited.values()) if (clock.monotonicMs() >= one.doubtAtMs) await doubt(one);
      } catch {
        await clock.sleep(AWAY_MS, stop); // whoever saves the state tells that the database is away
      }
    }
    isLooking = false;
    if (stop.aborted) for (const { end } of awaited.values()) end(null);
  }

  function note(ended: EndedScan): void {
    const one = awaited.get(ended.plantId);
    if (one === undefined) return;
    one.known = ended.id;
    if (ended.kind === one.job.kind) one.end(ended);
  }

  /** Not known twice: it was given up, and its row will not say so any more. */
  async function doubt(one: Awaited): Promise<void> {
    const isKnown = await queue.isKnown(one.job);
    if (!isKnown && one.isMissed) one.end(null);
    one.isMissed = !isKnown;
    one.doubtAtMs = clock.monotonicMs() + (isKnown ? DOUBT_MS : AWAY_MS);
  }

  async function send(job: ScanJob): Promise<void> {
    while (!stop.aborted) {
      try {
        if (!open.isShared(job.plantId)) await open.save();
        if (open.isShared(job.plantId)) {
          await queue.send(job);
          return;
        }
      } catch {
        // as above
      }
      await clock.sleep(AWAY_MS, stop);
    }
  }

  async function scanOnce(job: ScanJob): Promise<EndedScan | null> {
    const { promise, resolve } = Promise.withResolvers<EndedScan | null>();
    awaited.set(job.plantId, { job, known: open.lastScan(job.plantId), doubtAtMs: clock.monotonicMs() + DOUBT_MS, isMissed: false, end: resolve });
    await send(job);
    if (!isLooking) void look();
    return promise.finally(() => awaited.delete(job.plantId));
  }

  return async (kind, plantId, tries) => {
    const ended = await limit.run(() => scanOnce({ kind, plantId, tries }), stop);
    if (ended === null) return unavailable(stop.aborted ? "stopped" : "nobody");
    for (const call of ended.calls) calls.tell({ kind: "api.called", ...call });
    // Each try counts, not how the scan went in the end: it may have been done at the second try.
    if (ended.calls.some(({ outcome }) => SUFFERED.has(outcome))) limit.suffered();
    else if (ended.scan.outcome === "complete") limit.succeeded();
    return ended.scan;
  };
}

function unavailable(reason: Reason): PlantScan {
  return { outcome: "unavailable", reason, records: 0, oldNews: 0, unusable: 0 };
}
