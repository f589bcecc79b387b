// The state in memory and its way to disk: changes are applied at once, saves are shared by all who wait at the same time.
import type { EpochMs } from "../domain/local-time.ts";
import { SECOND_MS } from "../domain/local-time.ts";
import { monitorNotice, owe, type MonitorState } from "../domain/monitor-state.ts";
import type { Clock } from "../ports/clock.ts";
import type { Store } from "../ports/store.ts";
import type { Telemetry } from "../ports/telemetry.ts";

/** Changes that owe nobody a card (marks, runs) wait at least this long for others to share their save, */
const LINGER_MS = 2 * SECOND_MS;
/** and after a save so many times as long as it took: a save writes all there is, and these take no more than 3 % of the time, */
const RESTS = 33;
/** but no longer than this, however slow the disk: a crash has what was not saved read and judged again, and `status` reads the file. */
const LONGEST_LINGER_MS = 30 * SECOND_MS;
/** A disk that is full or read-only is tried again this often. */
const RETRY_MS = 15 * SECOND_MS;
const TOLD_AFTER_FAILURES = 3;

export interface SaveTrouble {
  readonly since: EpochMs;
  readonly detail: string;
  readonly times: number;
}

export interface Ledger {
  readonly state: MonitorState;
  /** The newest state of which a save has ended, well or not: what it owes may be sent. */
  readonly sendable: MonitorState;
  /** Not null while the newest saves failed. */
  readonly trouble: SaveTrouble | null;
  /** Applies a change at once; resolves when a save that holds it has ended, well or not: a full disk stops no card. */
  commit(change: (state: MonitorState) => MonitorState): Promise<void>;
  /** Applies a change at once; it is saved with the next commit, or within 2 s; where saves take long, within 30 s. */
  stage(change: (state: MonitorState) => MonitorState): void;
  /** Saves what is not saved yet. */
  flush(): Promise<void>;
}

export interface LedgerParts {
  readonly initial: MonitorState;
  readonly store: Store;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly zone: string;
  readonly stop: AbortSignal;
  /** After each save, well or not: there may be something to send. */
  readonly afterSave: () => void;
}

export function createLedger({ initial, store, clock, telemetry, zone, stop, afterSave }: LedgerParts): Ledger {
  let state = initial;
  let saved = initial;
  let sendable = initial;
  let trouble: SaveTrouble | null = null;
  let isTold = false;
  let underWay: Promise<void> | null = null;
  let next: Promise<void> | null = null;
  let isScheduled = false;
  let restsUntilMs = 0;

  async function saveOnce(): Promise<void> {
    const snapshot = state;
    const begunMs = clock.monotonicMs();
    const result = await store.save(snapshot);
    const endedMs = clock.monotonicMs();
    restsUntilMs = result.ok ? endedMs + Math.min(LONGEST_LINGER_MS, RESTS * (endedMs - begunMs)) : 0;
    if (result.ok) {
      telemetry.tell({ kind: "state.saved", durationMs: endedMs - begunMs });
      saved = snapshot;
      noteSuccess();
    } else noteFailure(result.detail);
    sendable = snapshot;
    afterSave();
  }

  function noteFailure(detail: string): void {
    trouble = { since: trouble?.since ?? clock.now(), detail, times: (trouble?.times ?? 0) + 1 };
    telemetry.tell({ kind: "state.not-saved", detail, times: trouble.times });
    if (trouble.times === TOLD_AFTER_FAILURES) {
      isTold = true;
      state = owe(state, [monitorNotice("state", "lost", { ...trouble, told: true }, clock.now(), zone)], clock.now());
    }
    saveLater(RETRY_MS);
  }

  function noteSuccess(): void {
    if (trouble === null) return;
    telemetry.tell({ kind: "state.saved-again", since: trouble.since });
    const over = { ...trouble, told: true };
    trouble = null;
    if (!isTold) return;
    isTold = false;
    state = owe(state, [monitorNotice("state", "back", over, clock.now(), zone)], clock.now());
    void save();
  }

  /** One save is under way at a time; all who come during it share the next one, which holds their changes too. */
  function save(): Promise<void> {
    if (underWay === null) {
      underWay = saveOnce().finally(() => (underWay = null));
      return underWay;
    }
    next ??= underWay.then(() => {
      next = null;
      return save();
    });
    return next;
  }

  const restMs = (): number => restsUntilMs - clock.monotonicMs();

  function saveLater(delayMs: number): void {
    if (isScheduled || stop.aborted) return;
    isScheduled = true;
    void clock.sleep(delayMs, stop).then(async () => {
      isScheduled = false;
      if (state === saved || stop.aborted) return;
      if (restMs() > 0) saveLater(restMs()); // a commit's save ended meanwhile
      else await save();
    });
  }

  return {
    get state() {
      return state;
    },
    get sendable() {
      return sendable;
    },
    get trouble() {
      return trouble;
    },
    async commit(change) {
      state = change(state);
      if (state !== saved) await save();
    },
    stage(change) {
      state = change(state);
      if (state !== saved) saveLater(Math.max(LINGER_MS, restMs()));
    },
    async flush() {
      if (state !== saved) await save();
    },
  };
}
