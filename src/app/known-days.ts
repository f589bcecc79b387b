// Days of which the API need not send again what is judged already (ETag, Last-Modified). Nothing of that is taken for granted: an API
// earns it by telling, of days that had news, another version each time; one that does not is never asked so.
import type { Marks } from "../domain/marks.ts";
import type { EpochMs, LocalDate } from "../domain/local-time.ts";
import type { DeviceKind } from "../domain/plant.ts";
import type { Version } from "../ports/plant-api.ts";

/** What a date's call gave. `same`: what is known. */
export interface DayAnswer {
  readonly date: LocalDate;
  readonly version: Version | "same" | null;
  /** It held readings that were not judged yet. */
  readonly hasNews: boolean;
}

export interface KnownDays {
  /** The version that is judged to its end; null where the day is to be read whole. */
  known(plantId: string, kind: DeviceKind, date: LocalDate): Version | null;
  /** After a scan. `isJudged`: all that its answers held is committed, so that none of them has to be seen again. */
  scanned(plantId: string, kind: DeviceKind, answers: readonly DayAnswer[], isJudged: boolean): void;
}

/** `times`: how often in a row it was not sent again. */
interface Known { readonly version: Version; readonly times: number }

/** News with another version, before the API is believed that the same version is the same day. */
const ENOUGH = 3;
/** So often in a row; then the day is read whole all the same: whatever may be wrong costs no more than this. */
const MOST_IN_A_ROW = 5;

/** In memory only, as a new process reads each day whole. Of each plant the dates of its last scan: bounded. */
export function createKnownDays(): KnownDays {
  const days = new Map<string, ReadonlyMap<LocalDate, Known>>();
  const trust: Record<DeviceKind, { changed: number; isBroken: boolean }> = { relay: { changed: 0, isBroken: false }, inverter: { changed: 0, isBroken: false } };
  const of = (plantId: string, kind: DeviceKind): ReadonlyMap<LocalDate, Known> => days.get(`${kind} ${plantId}`) ?? new Map<LocalDate, Known>();

  function learn(kind: DeviceKind, { version, hasNews }: DayAnswer, before: Known | undefined): void {
    if (before === undefined || !hasNews || version === null || version === "same") return;
    if (isSame(version, before.version)) trust[kind].isBroken = true;
    else trust[kind].changed += 1;
  }

  return {
    known(plantId, kind, date) {
      const day = of(plantId, kind).get(date);
      const { changed, isBroken } = trust[kind];
      return day === undefined || isBroken || changed < ENOUGH || day.times >= MOST_IN_A_ROW ? null : day.version;
    },
    scanned(plantId, kind, answers, isJudged) {
      const before = of(plantId, kind);
      for (const answer of answers) learn(kind, answer, before.get(answer.date));
      if (!isJudged) return; // what is known stays: it was judged
      const now = answers.flatMap(({ date, version }): [LocalDate, Known][] => {
        if (version !== "same") return version === null ? [] : [[date, { version, times: 0 }]];
        const known = before.get(date);
        return known === undefined ? [] : [[date, { ...known, times: known.times + 1 }]];
      });
      if (now.length > 0) days.set(`${kind} ${plantId}`, new Map(now));
      else days.delete(`${kind} ${plantId}`);
    },
  };
}

function isSame(one: Version, other: Version): boolean {
  return one.name === other.name && one.value === other.value;
}

/** Every reading is at or before the mark of its device itself: other bounds may be set back when a clock was wrong. */
export function areBehind(devices: Marks["devices"], readings: readonly { readonly device: string; readonly at: EpochMs }[]): boolean {
  return readings.every(({ device, at }) => at <= (devices.get(device)?.mark ?? -Infinity));
}
