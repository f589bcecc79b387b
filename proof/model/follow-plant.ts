// Follows one plant from outside: the calls that a monitor makes for it and what they answer say what it must find, and when.
import { datesBefore, datesFrom, inOrder, type Marks } from "./dates.ts";
import { judgeInverters, judgeRelays, passedOver, unknownPlant, watchAt, type Found, type Plant, type Rules } from "./judge.ts";
import { inverterReading, readRecord, relayReading, type InverterReading, type Reading } from "./read-records.ts";

export type Kind = "relay" | "inverter";

/** One decision: the plant after it, and what it found. */
export interface Version {
  readonly number: number;
  readonly plant: Plant;
  readonly found: readonly Found[];
}

export interface FollowedPlant {
  /** Oldest first; the last one is what the monitor holds in memory now. */
  readonly versions: readonly Version[];
  /** A day is asked for. Returns what is wrong with asking so, null where nothing is. */
  asked(kind: Kind, date: string, now: number): string | null;
  /** Its answer: records as served, null where the call gave none. */
  answered(kind: Kind, records: readonly unknown[] | null, now: number): void;
  devicesListed(types: readonly string[], now: number): void;
  /** A save that holds this version has ended. */
  saved(number: number, now: number): void;
  /** The monitor holds the plant for not released. It may, once an alerted relay talks again: a clock was set back, say. */
  notReleased(now: number): void;
  /** The process ended: what it was doing is gone, and the plant is as it was at this version. */
  backTo(number: number): void;
}

interface Scan {
  readonly kind: Kind;
  dates: string[];
  isEarlier: boolean;
  /** Dates asked for so far, in this part of the scan. */
  asked: number;
  readonly earlier: Reading[];
  readonly newest: Reading[];
  /** The first date that could not be had: it and all after it are not judged. */
  failedDate: string | null;
  /** This part of the scan ended at a date that could not be had. */
  isCut: boolean;
}

/** An inverter scan that found a new failure. The relays are asked before it counts; what they say is saved before it is decided. */
interface Waiting {
  readonly readings: readonly InverterReading[];
  /** Decision on the relays; null while they are asked. */
  readonly relays: number | null;
}

/** A change that owes no card is saved within seconds. */
const SAVED_WITHIN_MS = 60_000;

export function followPlant(rules: Rules, relayPlants: "auto" | "all" | readonly string[], id: string): FollowedPlant {
  const { calendar } = rules;
  let versions: Version[] = [{ number: 0, plant: unknownPlant, found: [] }];
  let scan: Scan | null = null;
  let waiting: Waiting | null = null;

  const latest = (): Version => versions.at(-1) ?? { number: 0, plant: unknownPlant, found: [] };
  function decide(plant: Plant, found: readonly Found[]): void {
    versions.push({ number: latest().number + 1, plant, found });
  }

  function marksOf(plant: Plant, kind: Kind): Marks {
    return kind === "relay"
      ? { devices: plant.relays, begin: plant.relaysBegin ?? 0, passOver: null }
      : { devices: plant.inverters, begin: plant.invertersBegin ?? 0, passOver: plant.passOver };
  }

  /** The kind begins at 00:00 of the day on which it is first asked for. What a clock that was ahead noted in its future counts no more. */
  function begin(kind: Kind, now: number): void {
    const { plant } = latest();
    const key = kind === "relay" ? "relaysBegin" : "invertersBegin";
    const from = plant[key] === null || plant[key] >= now ? calendar.begin(calendar.date(now)) - 1 : plant[key];
    const furthest = Math.max(now, ...[...plant.relays.values()].map(({ mark }) => mark));
    const passOver = plant.passOver === null ? null : Math.min(plant.passOver, furthest);
    if (from !== plant[key] || passOver !== plant.passOver) decide({ ...plant, [key]: from, passOver }, []);
  }

  function isScannedForRelays(): boolean {
    const { plant } = latest();
    if (relayPlants === "all" || [...plant.relays.values()].some(({ alerts }) => alerts.length > 0)) return true;
    if (relayPlants !== "auto") return relayPlants.includes(id);
    const { isRelayListed, withoutRelay } = plant;
    const isWithout = withoutRelay !== null && withoutRelay.last - withoutRelay.first >= 3_600_000;
    return plant.relays.size > 0 || isRelayListed || !isWithout;
  }

  /** The plant as it stands when a scan decides: whether its inverters are looked after may have changed meanwhile. */
  function noted(plant: Plant, now: number): Plant {
    return watchAt(plant, now) === "silent" ? plant : { ...plant, isReleased: false };
  }

  function judgeable({ earlier, newest, failedDate }: Scan, now: number): Reading[] {
    return inOrder([...earlier, ...newest], now).filter(({ at }) => failedDate === null || calendar.date(at) < failedDate);
  }

  function judgedInverters(readings: readonly InverterReading[], now: number): { plant: Plant; found: Found[] } {
    const plant = noted(latest().plant, now);
    const watch = watchAt(plant, now);
    if (watch === "unwatched") return { plant, found: [] };
    const released = watch === "silent" && !plant.isReleased ? { ...passedOver(plant, [now]), isReleased: true } : plant;
    return judgeInverters(released, readings, rules);
  }

  function ended(done: Scan, now: number): void {
    scan = null;
    if (done.kind === "inverter") {
      const readings = judgeable(done, now).map(inverterReading);
      const { found } = judgedInverters(readings, now);
      if (found.some(({ kind }) => kind === "failure") && isScannedForRelays()) waiting = { readings, relays: null };
      else conclude(readings, now);
      return;
    }
    const judged = judgeRelays(latest().plant, judgeable(done, now).map(relayReading));
    decide(noted(judged.plant, now), judged.found);
    if (waiting === null) return;
    waiting = { ...waiting, relays: latest().number };
    if (judged.found.length === 0) conclude(waiting.readings, now);
  }

  function conclude(readings: readonly InverterReading[], now: number): void {
    waiting = null;
    const { plant, found } = judgedInverters(readings, now);
    decide(plant, found);
  }

  /** After the last date of a part: the earlier dates that turned out to be missing, or the end. */
  function goOn(now: number): void {
    if (scan === null) return;
    if (!scan.isCut && scan.asked < scan.dates.length) return;
    if (!scan.isEarlier) {
      const earlier = datesBefore(scan.dates[0] ?? "", scan.newest, marksOf(latest().plant, scan.kind), now, calendar);
      if (earlier.length > 0) {
        scan = { ...scan, dates: earlier, isEarlier: true, asked: 0, isCut: false };
        return;
      }
    }
    ended(scan, now);
  }

  return {
    get versions() {
      return versions;
    },
    asked(kind, date, now) {
      if (scan === null) {
        begin(kind, now);
        const { plant } = latest();
        if (kind === "inverter" && watchAt(plant, now) === "unwatched") return "the inverters were asked for under an active, communicating relay alert";
        scan = { kind, dates: datesFrom(marksOf(plant, kind), now, calendar), isEarlier: false, asked: 0, earlier: [], newest: [], failedDate: null, isCut: false };
      }
      if (scan.kind !== kind) return `${kind} was asked for in the middle of a ${scan.kind} scan`;
      const due = scan.dates[scan.asked];
      scan.asked += 1;
      return due === date ? null : `${kind} of ${date} was asked for, not of ${due ?? "(no more date)"}`;
    },
    answered(kind, records, now) {
      if (scan?.kind !== kind) return;
      const date = scan.dates[scan.asked - 1] ?? "";
      if (records === null) {
        scan.failedDate = scan.failedDate === null || date < scan.failedDate ? date : scan.failedDate;
        scan.isCut = true;
      } else {
        const { devices, begin: first } = marksOf(latest().plant, kind);
        const isNews = ({ device, at }: Reading): boolean => at > (devices.get(device)?.mark ?? first);
        const readings = records.map((record) => readRecord(record, kind, calendar)).filter((reading) => reading !== null);
        (scan.isEarlier ? scan.earlier : scan.newest).push(...readings.filter(isNews));
      }
      goOn(now);
    },
    devicesListed(types, now) {
      if (types.length === 0) return;
      const { plant } = latest();
      const isRelayListed = plant.isRelayListed || types.includes("RELE");
      // A first list that a clock that was ahead noted in our future counts as this one.
      const first = Math.min(plant.withoutRelay?.first ?? now, now);
      decide({ ...plant, isRelayListed, withoutRelay: isRelayListed ? null : { first, last: now } }, []);
    },
    saved(number, now) {
      if (waiting !== null && waiting.relays !== null && waiting.relays <= number) conclude(waiting.readings, now);
    },
    notReleased(now) {
      const { plant } = latest();
      if (plant.isReleased && watchAt(plant, now - SAVED_WITHIN_MS) === "unwatched") decide({ ...plant, isReleased: false }, []);
    },
    backTo(number) {
      versions = versions.filter((version) => version.number <= number);
      scan = null;
      waiting = null;
    },
  };
}
