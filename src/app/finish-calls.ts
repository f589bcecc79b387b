// When the monitor is asked to stop, calls under way are given a little time to end by themselves.
import { SECOND_MS } from "../domain/local-time.ts";
import type { Clock } from "../ports/clock.ts";
import type { Transport } from "../ports/transport.ts";

const GRACE_MS = 10 * SECOND_MS;

/** The same transport; an abort reaches a call under way only 10 s later. A call that has not begun ends at once. */
export function withGrace(transport: Transport, clock: Clock): Transport {
  return {
    async exchange(request, signal) {
      if (signal.aborted) return { kind: "failed", reason: "stopped", detail: "interrompido" };
      const cut = new AbortController();
      let endGrace = (): void => undefined;
      const onStop = (): void => {
        const grace = new AbortController();
        endGrace = () => { grace.abort(); };
        void clock.sleep(GRACE_MS, grace.signal).then(() => {
          cut.abort();
        });
      };
      signal.addEventListener("abort", onStop, { once: true });
      try {
        return await transport.exchange(request, cut.signal);
      } finally {
        signal.removeEventListener("abort", onStop);
        endGrace();
      }
    },
  };
}
