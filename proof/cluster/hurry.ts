// Hurried time that processes of one machine share without a word: a straight line through the machine's own.
import type { EpochMs } from "../../src/domain/local-time.ts";

export interface Hurry {
  /** What the clocks show at `realMs` of the machine's. */
  readonly virtual: EpochMs;
  readonly realMs: EpochMs;
  /** Virtual milliseconds to a real one. */
  readonly factor: number;
}

export function hurry({ virtual, realMs, factor }: Hurry): EpochMs {
  return Math.floor(virtual + (Date.now() - realMs) * factor);
}
