// One scan of one plant as a job: its plant is read, scanned as ever, and written with all that was found, or by nobody.
import { openPlantLedger, type PlantLedgerParts } from "../../adapters/postgres/plant-ledger.ts";
import type { Context } from "../../app/context.ts";
import { recordsOf } from "../../app/history-records.ts";
import { createKnownDays, type KnownDays } from "../../app/known-days.ts";
import { createNewsOfTheDay } from "../../app/news-of-the-day.ts";
import { scanPlant } from "../../app/scan-plant.ts";
import { localDate } from "../../domain/local-time.ts";
import type { ScanJob } from "../../ports/cluster.ts";
import type { ApiCall } from "../../ports/plant-scan.ts";
import { tellAll, type Happening, type Telemetry } from "../../ports/telemetry.ts";
import { wireMonitor, type Outside } from "../../wire.ts";
import type { Config } from "../../config/config.ts";

export interface ScanJobParts extends Omit<PlantLedgerParts, "plantId" | "zone"> {
  readonly config: Config;
  readonly outside: Outside;
}

/** Rejects where the scan is to be done again: by another worker, or once the database is back. */
export function createScanJob({ config, outside, ...rows }: ScanJobParts): (job: ScanJob, signal: AbortSignal) => Promise<void> {
  const { clock } = outside;
  const { zone } = config;
  /** Of all jobs of this worker, until the next one that ends tells of them. */
  let calls: ApiCall[] = [];
  const hearCalls: Telemetry = { tell: (happening) => { if (happening.kind === "api.called") calls.push({ call: happening.call, outcome: happening.outcome, durationMs: happening.durationMs }); } };
  const parts = wireMonitor(config, { ...outside, telemetry: tellAll([outside.telemetry, hearCalls]) });
  const isNewsOfTheDay = createNewsOfTheDay(() => localDate(clock.now(), zone));
  const knownDays = createKnownDays();
  return async ({ kind, plantId, tries }, signal) => {
    const ledger = await openPlantLedger({ ...rows, zone, plantId });
    // What was found is told, and what was read is known, only once it is written.
    const found: Happening[] = [];
    const telemetry: Telemetry = { tell: (happening) => { found.push(happening); } };
    const read: Parameters<KnownDays["scanned"]>[] = [];
    const context: Context = {
      ...parts, telemetry, ledger, isNewsOfTheDay, stop: signal,
      knownDays: { known: (...day) => knownDays.known(...day), scanned: (...scanned) => { read.push(scanned); } },
    };
    const scan = await scanPlant(context, kind, plantId, tries);
    signal.throwIfAborted();
    const made = calls;
    calls = [];
    await ledger.finish({ kind, scan, calls: made }, found.flatMap((happening) => recordsOf(happening, clock.now())));
    for (const happening of found) outside.telemetry.tell(happening);
    for (const scanned of read) knownDays.scanned(...scanned);
  };
}
