// SPEC section 6: what is owed is on disk before it is sent; whoever is ready at the same time shares one save.
import { expect, test } from "vitest";
import { createGuestLedger, createLedger, keepIn } from "../../src/app/ledger.ts";
import { emptyState, owe, type MonitorState } from "../../src/domain/monitor-state.ts";
import type { Notice } from "../../src/domain/notification.ts";
import type { Ledger, OpenState, Saved } from "../../src/ports/ledger.ts";
import { createVirtualClock, type VirtualClock } from "../../src/simulator/virtual-clock.ts";

const NOTICE: Notice = { kind: "monitor", topic: "api", phase: "lost", since: 0, at: 0, zone: "UTC", detail: null, plants: null };
const oweOne = (state: MonitorState): MonitorState => owe(state, [NOTICE], 0);

/** A disk as slow as the test wants it: each save waits to be ended by hand. */
function slowLedger(): { ledger: Ledger; saves: { state: MonitorState; end: (saved: Saved) => void }[]; settle: () => Promise<void> } {
  const clock = createVirtualClock(0);
  const saves: { state: MonitorState; end: (saved: Saved) => void }[] = [];
  const ledger = createLedger({
    clock, zone: "UTC", stop: new AbortController().signal, telemetry: { tell: () => undefined }, afterSave: () => undefined,
    open: keepIn({
      load: () => Promise.reject(new Error("not asked for")),
      save: (state) => new Promise((resolve) => { saves.push({ state, end: resolve }); }),
    }, emptyState),
  });
  return { ledger, saves, settle: () => clock.settle() };
}

test("what is owed while a save is under way may be sent only after the next", async () => {
  const { ledger, saves, settle } = slowLedger();
  void ledger.commit(oweOne);
  await settle();
  void ledger.commit(oweOne);
  expect(ledger.sendable.outbox).toHaveLength(0);
  saves[0]?.end({ ok: true });
  await settle();
  expect(ledger.state.outbox).toHaveLength(2);
  expect(ledger.sendable.outbox).toHaveLength(1);
  saves[1]?.end({ ok: true });
  await settle();
  expect(ledger.sendable.outbox).toHaveLength(2);
});

test("a commit resolves with the save that holds it, and those who wait share one", async () => {
  const { ledger, saves, settle } = slowLedger();
  const done: string[] = [];
  const commit = (name: string): void => void ledger.commit(oweOne).then(() => done.push(name));
  commit("first");
  await settle();
  for (const name of ["second", "third", "fourth"]) commit(name);
  saves[0]?.end({ ok: true });
  await settle();
  expect(done).toEqual(["first"]);
  expect(saves).toHaveLength(2);
  expect(saves[1]?.state.outbox).toHaveLength(4);
  saves[1]?.end({ ok: true });
  await settle();
  expect(done.toSorted()).toEqual(["first", "fourth", "second", "third"]);
  expect(saves).toHaveLength(2);
});

test("a save that failed holds no card back, and its trouble is known until one succeeds", async () => {
  const { ledger, saves, settle } = slowLedger();
  const committed = ledger.commit(oweOne);
  saves[0]?.end({ ok: false, detail: "ENOSPC" });
  await committed;
  expect(ledger.sendable.outbox).toHaveLength(1);
  expect(ledger.trouble).toMatchObject({ detail: "ENOSPC", times: 1 });
  void ledger.flush();
  await settle();
  saves[1]?.end({ ok: true });
  await settle();
  expect(ledger.trouble).toBeNull();
});

/** A disk on which every save takes so long. */
function timedLedger(saveMs: number): { ledger: Ledger; clock: VirtualClock; savedAtMs: number[]; change: () => void } {
  const clock = createVirtualClock(0);
  const savedAtMs: number[] = [];
  const stop = new AbortController().signal;
  const ledger = createLedger({
    clock, zone: "UTC", stop, telemetry: { tell: () => undefined }, afterSave: () => undefined,
    open: keepIn({
      load: () => Promise.reject(new Error("not asked for")),
      save: async () => {
        await clock.sleep(saveMs, stop);
        savedAtMs.push(clock.monotonicMs());
        return { ok: true };
      },
    }, emptyState),
  });
  return { ledger, clock, savedAtMs, change: () => { ledger.stage((state) => ({ ...state })); } };
}

async function changeEverySecond(saveMs: number, seconds: number): Promise<number[]> {
  const { clock, savedAtMs, change } = timedLedger(saveMs);
  for (let second = 0; second < seconds; second += 1) {
    change();
    await clock.runUntil(clock.now() + 1_000);
  }
  return savedAtMs;
}

test("changes that owe nobody a card are saved every 2 s", async () => {
  const saves = await changeEverySecond(5, 600);
  expect(saves.length).toBeGreaterThanOrEqual(199); // one is changed and waits 2 s, while the next second's changes join it
});

test.each([200, 400, 900])("where a save takes %i ms, no more than 3 of 100 parts of the time are spent in them, and no change waits longer than 30 s", async (saveMs) => {
  const saves = await changeEverySecond(saveMs, 3_600);
  expect(saves.length * saveMs).toBeLessThanOrEqual(0.03 * 3_600_000);
  expect(saves.length).toBeGreaterThanOrEqual(Math.floor(3_600 / 32));
});

test("where a save takes very long, no change waits longer than 30 s for its own", async () => {
  const saves = await changeEverySecond(5_000, 3_600);
  expect(saves.length).toBeGreaterThanOrEqual(Math.floor(3_600 / 36));
});

test("what owes a card is saved at once, however long the last save took, and what is staged after it rests again", async () => {
  const { ledger, clock, savedAtMs, change } = timedLedger(500);
  change();
  await clock.runUntil(5_000);
  change();
  void ledger.commit(oweOne);
  await clock.runUntil(6_000);
  change();
  await clock.runUntil(60_000);
  expect(savedAtMs).toEqual([2_500, 5_500, 5_500 + 33 * 500 + 500]);
});

test("a trouble that is over is told at once, though others linger", async () => {
  const { ledger, saves, settle } = slowLedger();
  for (const ok of [false, false, false, true]) {
    ledger.stage((state) => ({ ...state }));
    void ledger.flush();
    await settle();
    saves.at(-1)?.end(ok ? { ok } : { ok, detail: "ENOSPC" });
    await settle();
  }
  expect(saves).toHaveLength(5);
  expect(saves[4]?.state.outbox.map(({ notice }) => notice.kind === "monitor" && notice.phase)).toEqual(["lost", "back"]);
});

test("a save whose answer was lost, and that turns out well by itself, is no trouble any longer than the next try", async () => {
  const clock = createVirtualClock(0);
  let isSaved = true;
  let answer: Saved = { ok: false, detail: "ECONNRESET" };
  const open: OpenState = {
    state: emptyState, sendable: emptyState,
    get isSaved() { return isSaved; },
    apply: () => { isSaved = false; },
    save: () => Promise.resolve(answer),
  };
  const ledger = createLedger({ clock, open, zone: "UTC", stop: new AbortController().signal, telemetry: { tell: () => undefined }, afterSave: () => undefined });
  await ledger.commit(oweOne);
  expect(ledger.trouble).toMatchObject({ detail: "ECONNRESET" });
  [isSaved, answer] = [true, { ok: true }];
  await clock.runUntil(20_000);
  expect(ledger.trouble).toBeNull();
});

test("what a guest could not save is saved by its next flush, which ends the trouble; with nothing left to save it asks the store for nothing", async () => {
  const answers: Saved[] = [{ ok: false, detail: "ECONNREFUSED" }, { ok: true }];
  let saves = 0;
  const store = { load: () => Promise.reject(new Error("not asked for")), save: () => Promise.resolve(answers[saves++] ?? { ok: true as const }) };
  const ledger = createGuestLedger(keepIn(store, emptyState), { now: () => 0 }, () => undefined);
  await ledger.commit(oweOne);
  expect(ledger.trouble).toMatchObject({ detail: "ECONNREFUSED", times: 1 });
  await ledger.flush();
  expect([saves, ledger.trouble]).toEqual([2, null]);
  await ledger.flush();
  expect(saves).toBe(2);
});
