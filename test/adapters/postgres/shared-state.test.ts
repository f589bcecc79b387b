// The state that many workers share: what each writes, and who is stopped.
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { Database } from "../../../src/adapters/postgres/database.ts";
import { openPlantLedger, PlantTakenError, type PlantLedger } from "../../../src/adapters/postgres/plant-ledger.ts";
import { openTenantState } from "../../../src/adapters/postgres/tenant-state.ts";
import { readWhole } from "../../../src/adapters/postgres/whole-state.ts";
import { emptyState, owe, withMonitor, withPlant, type MonitorState } from "../../../src/domain/monitor-state.ts";
import { applyPlantList } from "../../../src/domain/listing.ts";
import { addMute, endMutes } from "../../../src/domain/mute-changes.ts";
import type { Notice } from "../../../src/domain/notification.ts";
import { newPlant, type PlantState } from "../../../src/domain/plant.ts";
import type { SharedState } from "../../../src/ports/cluster.ts";
import type { PlantScan } from "../../../src/ports/plant-scan.ts";
import { plantRules } from "../../support/plant-rules.ts";
import { sketchInfo } from "../../support/plant-sketch.ts";
import { startTestDatabase, type TestDatabase } from "../../support/postgres-database.ts";
import type { PostgresServer } from "../../../src/cli/demo/postgres-server.ts";

const ZONE = "America/Sao_Paulo";
const NOW = Date.UTC(2025, 11, 1, 13);
const SCAN: PlantScan = { outcome: "complete", reason: null, records: 3, oldNews: 0, unusable: 0 };

vi.setConfig({ testTimeout: 120_000 });

let server: PostgresServer;
let address = "";
let database: Database;
let tenant = "";

let close: TestDatabase["close"];
beforeAll(async () => { ({ server, address, database, close } = await startTestDatabase()); }, 60_000);
afterAll(() => close());
beforeEach(() => { tenant = crypto.randomUUID(); });

interface Opened extends SharedState { readonly taken: () => number }

async function open(conducts: boolean): Promise<Opened> {
  let taken = 0;
  const state = await openTenantState({ database, tenant, zone: ZONE, conducts, onTaken: () => { taken += 1; } });
  return Object.assign(state, { taken: () => taken });
}

const scanOf = (plantId: string): Promise<PlantLedger> => openPlantLedger({ database, tenant, zone: ZONE, plantId, writeRecords: () => Promise.resolve() });
const finish = (ledger: PlantLedger): Promise<void> => ledger.finish({ kind: "relay", scan: SCAN, calls: [] }, []);
const notice = (detail: string): Notice => ({ kind: "monitor", topic: "api", phase: "lost", since: NOW, at: NOW, zone: ZONE, detail, plants: null });
const oweOne = (detail: string) => (state: MonitorState): MonitorState => owe(state, [notice(detail)], NOW);
const details = ({ outbox }: MonitorState): unknown[] => outbox.map((entry) => (entry.notice.kind === "monitor" ? entry.notice.detail : entry.notice.kind));
const scannedAt = (id: string, at: number) => (state: MonitorState): MonitorState => {
  const plant = state.plants.get(id) ?? newPlant(sketchInfo(Number(id)));
  return withPlant(state, { ...plant, relay: { ...plant.relay, lastScan: at } });
};
const lastScan = (state: MonitorState, id = "101"): number | null | undefined => state.plants.get(id)?.relay.lastScan;
const renamed = (plant: PlantState, name: string): PlantState => ({ ...plant, info: { ...plant.info, name } });

async function content(): Promise<MonitorState> {
  return await readWhole(database, tenant) ?? emptyState;
}

/** A conductor of plants 101 and 102. */
async function conducting(): Promise<Opened> {
  const conductor = await open(true);
  for (const id of ["101", "102"]) conductor.apply((state) => withPlant(state, newPlant(sketchInfo(Number(id)))));
  expect(await conductor.save()).toEqual({ ok: true });
  return conductor;
}

describe("a plant that two workers scan at once", () => {
  it("is committed by the first of them alone, with what it owes", async () => {
    await conducting();
    const [one, twin] = [await scanOf("101"), await scanOf("101")];
    for (const [ledger, name] of [[one, "one"], [twin, "twin"]] as const) {
      ledger.stage(scannedAt("101", NOW));
      await ledger.commit(oweOne(name));
    }
    await finish(one);
    await expect(finish(twin)).rejects.toBeInstanceOf(PlantTakenError);
    expect(details(await content())).toEqual(["one"]);
  });

  it("whatever their number and order: one commit for each version", async () => {
    await conducting();
    const scan = async (name: string): Promise<boolean> => {
      const ledger = await scanOf("101");
      await ledger.commit(oweOne(name));
      return finish(ledger).then(() => true, () => false);
    };
    const done = await Promise.all(Array.from({ length: 12 }, (_, index) => scan(String(index))));
    const told = done.flatMap((isDone, index) => (isDone ? [String(index)] : []));
    expect(told.length).toBeGreaterThan(0);
    expect(details(await content()).toSorted()).toEqual(told.toSorted());
    expect(await server.execute(`SELECT version::int FROM pvmonitor.plant WHERE id = '101' AND tenant = '${tenant}'`, address)).toEqual([{ version: 1 + told.length }]);
  });
});

it("a scan that began under a mute which ended meanwhile is done again: what it took for silent is to be told", async () => {
  const conductor = await conducting();
  const mute = { id: "m1", plantId: "101", device: null, since: NOW, until: NOW + 3_600_000, reason: "manutenção", by: "teste" };
  conductor.apply((state) => addMute(state, mute));
  await conductor.save();
  const scan = await scanOf("101");
  scan.stage(scannedAt("101", NOW));
  conductor.apply((state) => endMutes(state, [mute], "teste", NOW, () => plantRules({})));
  await conductor.save();
  await expect(finish(scan)).rejects.toBeInstanceOf(PlantTakenError);
});

it("nor is one written between whose two reads a mute ended", async () => {
  const conductor = await conducting();
  const mute = { id: "m1", plantId: "101", device: null, since: NOW, until: NOW + 3_600_000, reason: "manutenção", by: "teste" };
  conductor.apply((state) => addMute(state, mute));
  await conductor.save();
  let turn: Promise<unknown> = Promise.resolve();
  // One read after the other, and the mute ends after the first of them.
  const slow: Database = {
    ...database,
    query(...asked) {
      const rows = turn.then(async () => {
        const read = await database.query(...asked);
        conductor.apply((state) => endMutes(state, state.monitor.mutes, "teste", NOW, () => plantRules({})));
        await conductor.save();
        return read;
      });
      turn = rows;
      return rows;
    },
  };
  const scan = await openPlantLedger({ database: slow, tenant, zone: ZONE, plantId: "101", writeRecords: () => Promise.resolve() });
  scan.stage(scannedAt("101", NOW));
  await expect(finish(scan)).rejects.toBeInstanceOf(PlantTakenError);
});

describe("whoever conducts", () => {
  it("hears of scans that ended, with what they owe, in the order of their commits", async () => {
    const conductor = await conducting();
    const first = await scanOf("101");
    first.stage(scannedAt("101", NOW));
    await first.commit(oweOne("first"));
    await finish(first);
    const second = await scanOf("102");
    await second.commit(oweOne("second"));
    await finish(second);
    const ended = await conductor.scansSince(new Map([["101", null], ["102", null]]));
    expect(ended.map(({ plantId, owes, kind, scan }) => ({ plantId, owes, kind, scan }))).toEqual(["101", "102"].map((plantId) => ({ plantId, owes: 1, kind: "relay", scan: SCAN })));
    expect(details(conductor.sendable)).toEqual(["first", "second"]);
    expect(lastScan(conductor.state)).toBe(NOW);
    expect(await conductor.scansSince(new Map([["101", conductor.lastScan("101")], ["102", conductor.lastScan("102")]]))).toEqual([]);
  });

  it("keeps what it changed of a plant that a worker wrote meanwhile, and what the worker wrote", async () => {
    const conductor = await conducting();
    const scan = await scanOf("101");
    conductor.apply((state) => withPlant(state, renamed(state.plants.get("101") ?? newPlant(sketchInfo(101)), "outro nome")));
    scan.stage(scannedAt("101", NOW));
    await scan.commit(oweOne("found"));
    await finish(scan);
    conductor.apply(oweOne("own"));
    expect(await conductor.save()).toEqual({ ok: true });
    const after = await content();
    expect([after.plants.get("101")?.info.name, lastScan(after), details(after)]).toEqual(["outro nome", NOW, ["found", "own"]]);
    expect(details(conductor.sendable)).toEqual(["found", "own"]);
    expect(new Set(after.outbox.map(({ id }) => id)).size).toBe(2);
    expect(after.monitor.nextNotification).toBeGreaterThan(Math.max(...after.outbox.map(({ id }) => Number(id))));
  });

  it("takes what was told out of the outbox, and puts a refused card off, whatever came meanwhile", async () => {
    const conductor = await conducting();
    for (const name of ["a", "b"]) conductor.apply(oweOne(name));
    await conductor.save();
    const scan = await scanOf("101");
    await scan.commit(oweOne("c"));
    await finish(scan);
    conductor.apply((state) => ({ ...state, outbox: state.outbox.slice(1).map((entry) => ({ ...entry, refusedUntil: NOW })) }));
    await conductor.save();
    expect((await content()).outbox.map(({ refusedUntil }) => refusedUntil)).toEqual([NOW, null]);
    expect(details(await content())).toEqual(["b", "c"]);
  });

  it("is stopped where another one took over, and has written nothing", async () => {
    const slow = await conducting();
    const next = await open(true);
    slow.apply(oweOne("slow"));
    expect(await slow.save()).toEqual({ ok: false, detail: "ESTALE" });
    expect([slow.taken(), details(slow.sendable), details(await content())]).toEqual([1, [], []]);
    next.apply(oweOne("next"));
    expect(await next.save()).toEqual({ ok: true });
    await slow.refresh();
    expect(slow.taken()).toBe(2);
    await open(true);
    await next.refresh();
    expect([next.taken(), details(next.sendable)]).toEqual([1, []]);
  });

  it("writes no plant that a new list shows as it was", async () => {
    const conductor = await conducting();
    const versions = (): Promise<readonly unknown[]> => server.execute(`SELECT id, version::int FROM pvmonitor.plant WHERE tenant = '${tenant}' ORDER BY id`, address);
    conductor.apply((state) => applyPlantList(state, [sketchInfo(101), { ...sketchInfo(102), name: "outro nome" }], NOW));
    await conductor.save();
    expect(await versions()).toEqual([{ id: "101", version: 1 }, { id: "102", version: 2 }]);
  });

  it("and scans that owe cards never stand in each other's way", async () => {
    const conductor = await conducting();
    for (let round = 0; round < 30; round += 1) {
      const scan = await scanOf("101");
      await scan.commit(oweOne(`found ${round}`));
      conductor.apply(scannedAt("101", round));
      conductor.apply(oweOne(`own ${round}`));
      const [done, saved] = await Promise.all([finish(scan).then(() => true, (error: unknown) => error), conductor.save()]);
      expect([saved, done === true || done instanceof PlantTakenError]).toEqual([{ ok: true }, true]);
    }
  });

  it("works beside a guest: a mute that an operator begins is known to both, and nothing is lost", async () => {
    const [conductor, guest] = [await conducting(), await open(false)];
    const mute = { id: "m1", plantId: "101", device: null, since: NOW, until: NOW + 3_600_000, reason: "manutenção", by: "teste" };
    guest.apply((state) => addMute(state, mute));
    conductor.apply((state) => withMonitor(state, { apiBackAt: NOW }));
    expect(await Promise.all([guest.save(), conductor.save()])).toEqual([{ ok: true }, { ok: true }]);
    await conductor.refresh();
    expect(conductor.state.monitor).toMatchObject({ mutes: [mute], apiBackAt: NOW });
    expect((await content()).monitor).toMatchObject({ mutes: [mute], apiBackAt: NOW });
    expect(conductor.taken()).toBe(0);
  });
});

it("keeps tenants apart", async () => {
  const one = await conducting();
  one.apply(oweOne("one's"));
  await one.save();
  tenant = crypto.randomUUID();
  const other = await open(true);
  expect([other.state.plants.size, details(other.state)]).toEqual([0, []]);
  await expect(scanOf("101")).rejects.toThrow("não está no PostgreSQL");
});
