// `node bench/database.ts`: what a save, an import and an opening cost where the state is in PostgreSQL, one JSON object a line. Apart from
// `npm run bench`: it starts a server of its own, with fsync, on this machine. Each save beside its floor: one row of as many bytes, in
// a transaction of its own on the same server.
import { createSecureContext } from "node:tls";
import { openDatabase, type Database } from "../src/adapters/postgres/database.ts";
import { migrate } from "../src/adapters/postgres/migrations.ts";
import { openTenantState } from "../src/adapters/postgres/tenant-state.ts";
import { replaceWhole } from "../src/adapters/postgres/whole-state.ts";
import { readPostgresUrl } from "../src/config/database-url.ts";
import type { MonitorState } from "../src/domain/monitor-state.ts";
import { createRowEncoder } from "../src/state-codec/encode-state.ts";
import type { OpenState } from "../src/ports/ledger.ts";
import { startPostgres } from "../src/cli/demo/postgres-server.ts";
import { makeBigState, scanned } from "./big-state.ts";

const INVERTERS_PER_PLANT = 10;
const SIZES = process.argv.includes("--tiny") ? [10] : [100, 1_000, 10_000];
const SAVES = process.argv.includes("--tiny") ? 2 : 25;
const WORKERS = [1, 2, 4];
const ZONE = "America/Sao_Paulo";
const encode = createRowEncoder(ZONE);

const server = await startPostgres(["-c", "fsync=on"]);
const address = readPostgresUrl(await server.createDatabase());
if ("wrong" in address) throw new Error(address.wrong);
const settings = address.value;
const database = openDatabase(settings, createSecureContext());
await migrate(database);
await database.query("CREATE TABLE raw (id int PRIMARY KEY, body json)");
try {
  for (const plants of SIZES) await measureSize(plants);
  for (const workers of WORKERS) await measureWorkers(workers);
} finally {
  await database.close();
  await server.close();
}

async function measureSize(plants: number): Promise<void> {
  const tenant = `size ${plants}`;
  const big = makeBigState({ plants, invertersPerPlant: INVERTERS_PER_PLANT });
  const firstMs = await timed(() => put(database, tenant, big));
  const open = await openState(database, tenant);
  for (const changed of new Set([1, Math.ceil(plants / 100)])) {
    const pairs: { ms: number; floorMs: number }[] = [];
    for (let turn = 0; turn < SAVES; turn += 1) {
      const before = open.state;
      open.apply((own) => scan(own, turn, changed));
      const { state } = open;
      const bytes = [...state.plants].filter(([id, plant]) => before.plants.get(id) !== plant).map(([, plant]) => encode.plant(plant)).join(",");
      const body = `[${bytes},${encode.rest(state)}]`;
      const floorMs = await timed(() => database.transaction((query) => query("INSERT INTO raw VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET body = excluded.body", [body])));
      pairs.push({ ms: await timed(() => save(open)), floorMs });
    }
    say({ case: "save", plants, inverters: plants * INVERTERS_PER_PLANT, changed, ms: median(pairs.map(({ ms }) => ms)), floorMs: median(pairs.map(({ floorMs }) => floorMs)) });
  }
  const loadMs = await timed(() => openState(database, tenant));
  say({ case: "whole", plants, inverters: plants * INVERTERS_PER_PLANT, firstMs: round(firstMs), loadMs: round(loadMs) });
}

/** Each with a state, connections and rows of its own, as monitors of several accounts on one server. */
async function measureWorkers(workers: number): Promise<void> {
  const databases = Array.from({ length: workers }, () => openDatabase(settings, createSecureContext()));
  const states = await Promise.all(databases.map(async (own, i) => {
    const tenant = `worker ${workers}/${i}`;
    await put(own, tenant, makeBigState({ plants: 20, invertersPerPlant: INVERTERS_PER_PLANT }));
    return openState(own, tenant);
  }));
  const ms = await timed(async () => { await Promise.all(states.map(saveOften)); });
  await Promise.all(databases.map((own) => own.close()));
  say({ case: "savers", workers, plantsPerSecond: Math.round((workers * SAVES * 1_000) / ms) });
}

async function saveOften(open: OpenState): Promise<void> {
  for (let turn = 0; turn < SAVES; turn += 1) {
    open.apply((state) => scan(state, turn, 1));
    await save(open);
  }
}

function scan(state: MonitorState, turn: number, changed: number): MonitorState {
  const ids = [...state.plants.keys()];
  const plants = new Map(state.plants);
  for (let i = 0; i < changed; i += 1) {
    const id = ids[(turn * changed + i) % ids.length] ?? "";
    const plant = plants.get(id);
    if (plant !== undefined) plants.set(id, scanned(plant, Date.UTC(2025, 11, 1, 15) + turn * 315_000));
  }
  return { ...state, plants };
}

async function put(on: Database, tenant: string, state: MonitorState): Promise<void> {
  const put = await replaceWhole({ database: on, tenant, zone: ZONE, state });
  if (!put.ok) throw new Error(put.detail);
}

function openState(on: Database, tenant: string): Promise<OpenState> {
  return openTenantState({ database: on, tenant, zone: ZONE, conducts: true, onTaken: taken });
}

async function save(open: OpenState): Promise<void> {
  const saved = await open.save();
  if (!saved.ok) throw new Error(saved.detail);
}

function taken(): void {
  throw new Error("someone else saved");
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}

function median(all: readonly number[]): number {
  return round(all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? NaN);
}

function round(ms: number): number {
  return Math.round(ms * 10) / 10;
}

function say(result: Record<string, unknown>): void {
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
