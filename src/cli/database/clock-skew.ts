// Whether this machine's clock and the server's agree. What is decided goes by this machine's, as with a file: one clock judges all
// readings. But two machines that take over from each other, or people who read both logs, must not be led astray.
import { duration } from "../../adapters/teams/words.ts";
import { MINUTE_MS, type EpochMs } from "../../domain/local-time.ts";
import type { Clock } from "../../ports/clock.ts";

const MOST_MS = MINUTE_MS;

/** Told once, and once when it is over. The way of an answer counts as skew: it is far shorter than what is told. */
export function createSkewWatch(clock: Pick<Clock, "now">, say: (text: string) => void): (serverTime: EpochMs) => void {
  let isTold = false;
  return (serverTime) => {
    const aheadMs = clock.now() - serverTime;
    const isOff = Math.abs(aheadMs) > MOST_MS;
    if (isOff === isTold) return;
    isTold = isOff;
    say(isOff
      ? `O relógio desta máquina está ${duration(Math.abs(aheadMs))} ${aheadMs > 0 ? "adiantado" : "atrasado"} em relação ao do PostgreSQL; acerte os dois (NTP). O monitor segue o desta máquina.`
      : "O relógio desta máquina e o do PostgreSQL voltaram a concordar.");
  };
}
