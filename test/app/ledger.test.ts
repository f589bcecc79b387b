// SPEC section 6: what is owed is on disk before it is sent; whoever is ready at the same time shares one save.
import { expect, test } from "vitest";
import { createLedger, keepIn } from "../../src/app/ledger.ts";
import { emptyState, owe, type MonitorState } from "../../src/domain/monitor-state.ts";
import type { Notice } from "../../src/domain/notification.ts";
import type { Ledger, Saved } from "../../src/ports/ledger.ts";
import { createVirtualClock } from "../../src/simulator/virtual-clock.ts";

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
