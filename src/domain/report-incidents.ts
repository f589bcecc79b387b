// The incidents of a report, whether they were recorded at the time or rebuilt from the API afterwards.
import type { EpochMs } from "./local-time.ts";
import type { DeviceKind } from "./plant.ts";

export interface ReportIncident {
  readonly id: string;
  readonly plantId: string;
  readonly plantName: string;
  readonly kind: DeviceKind;
  readonly device: string;
  readonly deviceName: string;
  /** Class of a relay alert; null for inverters. */
  readonly type: string | null;
  readonly parameters: readonly string[];
  readonly first: EpochMs;
  /** Newest failing reading known. */
  readonly last: EpochMs;
  /** First reading of the proof that it is back; null while it lasts, or where nobody knows. */
  readonly end: EpochMs | null;
  /** Its device left the lists, silent for 7 days. */
  readonly goneAt: EpochMs | null;
  /** When Teams took the card with its failure, and the one with its normalization. */
  readonly notifiedAt: EpochMs | null;
  readonly endNotifiedAt: EpochMs | null;
  readonly mutedReason: string | null;
}

/** How long an incident lasted as far as anybody knows: to its end; to `now` while it lasts; of a device that is gone, to the newest
 *  failing reading, as what came after was seen by nobody. */
export function knownUntil({ end, goneAt, last }: ReportIncident, now: EpochMs): EpochMs {
  return end ?? (goneAt === null ? now : last);
}

/** Recorded and rebuilt incidents, each once: those of the same plant, device, kind and type that overlap are one, from the earliest
 *  start to the latest end. A rebuilding sees no further than its week: what is open there has the end that was recorded later. An end
 *  counts only where no failing reading of the others is later. What was recorded keeps its name (id): the cards told it. */
export function uniteIncidents(recorded: readonly ReportIncident[], rebuilt: readonly ReportIncident[]): ReportIncident[] {
  const told = new Set(recorded.map(({ id }) => id));
  const sameSubject = Map.groupBy([...recorded, ...rebuilt], ({ plantId, device, kind, type }) => JSON.stringify([plantId, device, kind, type]));
  return [...sameSubject.values()].flatMap((incidents) => {
    const united: ReportIncident[] = [];
    for (const incident of incidents.toSorted((a, b) => a.first - b.first)) {
      const before = united.at(-1);
      if (before === undefined || incident.first > knownUntil(before, Infinity)) united.push(incident);
      else united[united.length - 1] = told.has(incident.id) && !told.has(before.id) ? join(incident, before) : join(before, incident);
    }
    return united;
  }).sort((a, b) => a.first - b.first);
}

function join(named: ReportIncident, other: ReportIncident): ReportIncident {
  const last = Math.max(named.last, other.last);
  const ends = [named.end, other.end].filter((end) => end !== null);
  const end = ends.length === 0 ? null : Math.max(...ends);
  return {
    ...named,
    parameters: [...new Set([...named.parameters, ...other.parameters])],
    first: Math.min(named.first, other.first),
    last,
    end: end !== null && end >= last ? end : null,
    goneAt: end === null ? named.goneAt ?? other.goneAt : null,
    notifiedAt: named.notifiedAt ?? other.notifiedAt,
    endNotifiedAt: named.endNotifiedAt ?? other.endNotifiedAt,
    mutedReason: named.mutedReason ?? other.mutedReason,
  };
}
