// The state in memory and its way to disk: changes are applied at once, saves are shared by all who wait at the same time.
import { SECOND_MS, type EpochMs } from "../domain/local-time.ts";
import { monitorNotice, owe, withMonitor, type MonitorState } from "../domain/monitor-state.ts";
import type { Clock } from "../ports/clock.ts";
import type { Ledger, OpenState, SaveTrouble } from "../ports/ledger.ts";
import type { OpenedState, Store } from "../ports/store.ts";
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

export interface LedgerParts {
  readonly open: OpenState;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly zone: string;
  readonly stop: AbortSignal;
  /** After each save, well or not: there may be something to send. */
  readonly afterSave: () => void;
}

/** A state that its store saves whole. */
export function keepIn(store: Store, initial: MonitorState): OpenState {
  let [state, saved, sendable] = [initial, initial, initial];
  return {
    get state() { return state; },
    get sendable() { return sendable; },
    get isSaved() { return state === saved; },
    apply: (change) => { state = change(state); },
    async save() {
      const snapshot = state;
      const result = await store.save(snapshot);
      if (result.ok) saved = snapshot;
      sendable = snapshot;
      return result;
    },
  };
}

export async function openWhole(store: Store, now: EpochMs): Promise<OpenedState> {
  const { state, ...found } = await store.load(now);
  return { ...found, open: keepIn(store, state) };
}

/** Nobody tried while the monitor was down: a failure that was not told yet counts from the next one. */
export function beginAnew(state: MonitorState): MonitorState {
  return state.monitor.api?.told === false ? withMonitor(state, { api: null }) : state;
}

export function createLedger({ open, clock, telemetry, zone, stop, afterSave }: LedgerParts): Ledger {
  let trouble: SaveTrouble | null = null;
  let isTold = false;
  let underWay: Promise<void> | null = null;
  let next: Promise<void> | null = null;
  let isScheduled = false;
  let restsUntilMs = 0;

  async function saveOnce(): Promise<void> {
    const begunMs = clock.monotonicMs();
    const result = await open.save();
    const endedMs = clock.monotonicMs();
    restsUntilMs = result.ok ? endedMs + Math.min(LONGEST_LINGER_MS, RESTS * (endedMs - begunMs)) : 0;
    if (result.ok) {
      telemetry.tell({ kind: "state.saved", durationMs: endedMs - begunMs });
      noteSuccess();
    } else noteFailure(result.detail);
    afterSave();
  }

  function noteFailure(detail: string): void {
    trouble = { since: trouble?.since ?? clock.now(), detail, times: (trouble?.times ?? 0) + 1 };
    telemetry.tell({ kind: "state.not-saved", detail, times: trouble.times });
    if (trouble.times === TOLD_AFTER_FAILURES) {
      isTold = true;
      const notice = monitorNotice("state", "lost", { ...trouble, told: true }, clock.now(), zone);
      open.apply((state) => owe(state, [notice], notice.at));
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
    const notice = monitorNotice("state", "back", over, clock.now(), zone);
    open.apply((state) => owe(state, [notice], notice.at));
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
      if ((open.isSaved && trouble === null) || stop.aborted) return;
      if (restMs() > 0) saveLater(restMs()); // a commit's save ended meanwhile
      else await save();
    });
  }

  return {
    get state() { return open.state; },
    get sendable() { return open.sendable; },
    get trouble() { return trouble; },
    async commit(change) {
      open.apply(change);
      if (!open.isSaved) await save();
    },
    stage(change) {
      open.apply(change);
      if (!open.isSaved) saveLater(Math.max(LINGER_MS, restMs()));
    },
    async flush() {
      if (!open.isSaved) await save();
    },
  };
}

/** Of a guest on a state that others keep: each change is saved at once, and one that could not be is told to whoever asked for it, not by card. */
export function createGuestLedger(open: OpenState, clock: Pick<Clock, "now">, afterSave: () => void): Ledger {
  let trouble: SaveTrouble | null = null;
  async function save(): Promise<void> {
    const result = await open.save();
    trouble = result.ok ? null : { since: trouble?.since ?? clock.now(), detail: result.detail, times: (trouble?.times ?? 0) + 1 };
    afterSave();
  }
  return {
    get state() { return open.state; },
    get sendable() { return open.sendable; },
    get trouble() { return trouble; },
    async commit(change) {
      open.apply(change);
      await save();
    },
    stage(change) {
      open.apply(change);
      void save();
    },
    async flush() {
      if (!open.isSaved || trouble !== null) await save();
    },
  };
}
