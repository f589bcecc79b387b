// Tells the page that something changed, at most once a second.
import { SECOND_MS } from "../../domain/local-time.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Happening, Telemetry } from "../../ports/telemetry.ts";

/** What changes no view. */
const UNSEEN: ReadonlySet<Happening["kind"]> = new Set(["api.called", "card.posted", "state.saved", "card.posting"]);

export interface ChangeFeed extends Telemetry {
  /** Counts the changes that were told. */
  readonly revision: number;
  /** The same as any change that is told. */
  changed(): void;
  subscribe(callback: () => void, signal: AbortSignal): void;
}

export function createChangeFeed(clock: Pick<Clock, "sleep">): ChangeFeed {
  const callbacks = new Set<() => void>();
  const never = new AbortController().signal;
  let revision = 0;
  let isDue = false;
  const tellAfterAWhile = async (): Promise<void> => {
    isDue = true;
    await clock.sleep(SECOND_MS, never);
    isDue = false;
    revision += 1;
    for (const callback of callbacks) callback();
  };
  const changed = (): void => {
    if (!isDue) void tellAfterAWhile();
  };
  return {
    get revision() {
      return revision;
    },
    changed,
    tell: ({ kind }) => {
      if (!UNSEEN.has(kind)) changed();
    },
    subscribe: (callback, signal) => {
      if (signal.aborted) return;
      callbacks.add(callback);
      signal.addEventListener("abort", () => callbacks.delete(callback), { once: true });
    },
  };
}
