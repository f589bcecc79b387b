// One clock for all workers: readings are judged by when they came, by whichever machine. Where this machine's clock is not the
// database server's, the server's counts, and operators are told.
import { duration } from "../../adapters/teams/words.ts";
import { MINUTE_MS, type EpochMs } from "../../domain/local-time.ts";
import type { Clock } from "../../ports/clock.ts";

/** Clocks that NTP keeps differ by less; so does the way of an answer. */
const MOST_MS = MINUTE_MS;

export interface SharedClock {
  /** This machine's, or set by the server's where they differ by more than a minute. */
  readonly clock: Clock;
  /** What to tell operators: once when they differ, and once when they agree again; else null. */
  readonly heed: (serverTime: EpochMs) => string | null;
}

export function followServer(own: Clock): SharedClock {
  let aheadMs = 0;
  return {
    clock: {
      now: () => own.now() - aheadMs,
      monotonicMs: () => own.monotonicMs(),
      sleep: (ms, signal) => own.sleep(ms, signal),
      sleepUntil: (at, signal) => own.sleepUntil(at + aheadMs, signal),
    },
    heed: (serverTime) => {
      const wasOff = aheadMs !== 0;
      const differenceMs = Math.round(own.now() - serverTime);
      aheadMs = Math.abs(differenceMs) > MOST_MS ? differenceMs : 0;
      const isOff = aheadMs !== 0;
      if (isOff === wasOff) return null;
      return isOff
        ? `O relógio desta máquina está ${duration(Math.abs(aheadMs))} ${aheadMs > 0 ? "adiantado" : "atrasado"} em relação ao do PostgreSQL; acerte os dois (NTP). O monitor segue o do PostgreSQL.`
        : "O relógio desta máquina e o do PostgreSQL voltaram a concordar.";
    },
  };
}
