// What waits to be written, bounded: power may fill its own part and no more, so that a flood of it pushes out no incident.
import type { HistoryRecord } from "../ports/history.ts";

/** Readings of power: some 10 MB. An hour and more of 5,000 inverters at one reading in 5 minutes, days of a usual site. */
export const MOST_READINGS = 100_000;
/** Everything else: more than a night of failures at 500 plants makes. */
export const MOST_RECORDS = 20_000;
/** Copying so much to the thread takes the one that scans well under a millisecond, and larger ones let the thread's heap grow. */
const BATCH = 500;
const PIECE = 500;

export interface Queue {
  /** How many records (readings, where it is power) found no room. */
  add(records: readonly HistoryRecord[]): number;
  /** The oldest, as many as go into one transaction; they stay in the queue. */
  batch(): readonly HistoryRecord[];
  /** The batch is written, or lost. */
  drop(batch: readonly HistoryRecord[]): void;
  readonly isEmpty: boolean;
  /** Records and readings that wait. */
  readonly size: number;
}

export function createQueue(): Queue {
  let waiting: HistoryRecord[] = [];
  let readings = 0;
  let records = 0;

  function hasRoom(record: HistoryRecord): boolean {
    return record.kind === "power" ? readings + record.readings.length <= MOST_READINGS : records < MOST_RECORDS;
  }

  function count(record: HistoryRecord, sign: 1 | -1): void {
    if (record.kind === "power") readings += sign * record.readings.length;
    else records += sign;
  }

  return {
    add(added) {
      let lost = 0;
      for (const record of added.flatMap(inPieces)) {
        if (hasRoom(record)) {
          waiting.push(record);
          count(record, 1);
        } else lost += weightOf(record);
      }
      return lost;
    },
    batch() {
      let weight = 0;
      const end = waiting.findIndex((record) => (weight += weightOf(record)) > BATCH);
      return end === -1 ? [...waiting] : waiting.slice(0, end);
    },
    drop(batch) {
      for (const record of batch) count(record, -1);
      waiting = waiting.slice(batch.length);
    },
    get isEmpty() {
      return waiting.length === 0;
    },
    get size() {
      return readings + records;
    },
  };
}

export function weightOf(record: HistoryRecord): number {
  return record.kind === "power" ? record.readings.length : 1;
}

/** A plant's first scan brings its whole day: it goes in pieces that fit into batches. */
function inPieces(record: HistoryRecord): readonly HistoryRecord[] {
  if (record.kind !== "power" || record.readings.length <= PIECE) return [record];
  const pieces = Math.ceil(record.readings.length / PIECE);
  return Array.from({ length: pieces }, (_, i) => ({ ...record, readings: record.readings.slice(i * PIECE, (i + 1) * PIECE) }));
}
