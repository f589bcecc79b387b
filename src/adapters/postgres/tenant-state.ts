// The whole state of a tenant, of which others write the plants that they scan. What is changed here is a function of the state: where
// somebody wrote meanwhile, it is read again and the function applied anew. Whoever conducts the tenant draws a token, and one whose
// token is no longer there writes nothing.
import { z } from "zod";
import { emptyState, withMonitor, type MonitorState } from "../../domain/monitor-state.ts";
import type { PlantState } from "../../domain/plant.ts";
import type { SharedState } from "../../ports/cluster.ts";
import type { Change, Saved } from "../../ports/ledger.ts";
import { createRowEncoder, type RowEncoder } from "../../state-codec/encode-state.ts";
import type { Database, Query } from "./database.ts";
import { CommitUnknownError, failureWord, isConnectionLost, isCrossed, RefusedWriteError } from "./failures.ts";
import { endedScan } from "./plant-ledger.ts";
import { chunks, keyOf } from "./row-keys.ts";
import { drawNumbers, insertEntries, insertPlants, readEntries, readHead, readPlants, type EntryRow, type Head, type PlantRow } from "./tenant-rows.ts";

export interface TenantStateParts {
  readonly database: Database;
  /** In the key of every row, and in every statement. */
  readonly tenant: string;
  /** IANA zone in which times are written. */
  readonly zone: string;
  /** Whether it takes the tenant over from whoever conducted it so far; else it is a guest, who may write too. */
  readonly conducts: boolean;
  /** Another one conducts the tenant now: nothing was written, and nothing more is to be sent from here. */
  readonly onTaken: () => void;
}

/** Until it is saved, a notification has a number that no other can have: higher than any state may count to. */
const PROVISIONAL = 2_000_000_000_000_000;
const MOST_CONFLICTS = 20;

interface Base {
  readonly state: MonitorState;
  readonly version: number;
  readonly plants: ReadonlyMap<string, Pick<PlantRow, "version" | "scan">>;
  /** Of each notification, by its id. */
  readonly positions: ReadonlyMap<string, number>;
  /** The highest number that any notification had. */
  readonly highest: number;
}

const NOTHING: Base = { state: withMonitor(emptyState, { nextNotification: PROVISIONAL }), version: 0, plants: new Map(), positions: new Map(), highest: 0 };

/** Somebody else wrote what is to be written. */
class ConflictError extends RefusedWriteError {}
/** Somebody else conducts. */
class FencedError extends RefusedWriteError {}

interface Attempt {
  readonly stamp: string;
  readonly base: Base;
  readonly changes: number;
}

export async function openTenantState({ database, tenant, zone, conducts, onTaken }: TenantStateParts): Promise<SharedState> {
  const encode = createRowEncoder(zone);
  const token = conducts ? crypto.randomUUID() : null;
  if (token !== null) await takeOver(database.query, tenant, token, encode);
  let base: Base = await readBase(database, tenant, NOTHING);
  let pending: Change[] = [];
  let current = base.state;
  let isReachable = true;
  /** Saves whose answer was lost; the server may end one after it was asked for it. */
  let doubts: readonly Attempt[] = [];
  let last: Promise<unknown> = Promise.resolve();

  function serially<T>(work: () => Promise<T>): Promise<T> {
    const turn = last.then(work);
    last = turn.catch(() => undefined); // its caller hears of it
    return turn;
  }

  function adopt(next: Base, written = 0): void {
    if (next.state === base.state && written === 0) return;
    base = next;
    pending = pending.slice(written);
    current = pending.reduce((state, change) => change(state), base.state);
  }

  async function reread(): Promise<void> {
    const { conductor, ...next } = await readBase(database, tenant, base);
    adopt(next);
    const isTaken = token !== null && conductor !== token;
    if (isTaken) onTaken();
    // Nothing is left of a save that failed: only its answer was lost.
    isReachable = !isTaken && (isReachable || pending.length === 0);
  }

  async function settleDoubts(): Promise<void> {
    if (doubts.length === 0) return;
    const [row] = z.array(z.object({ stamp: z.string() })).parse(await database.query("SELECT stamp::text FROM pvmonitor.monitor WHERE tenant = $1", [tenant]));
    const done = doubts.find(({ stamp }) => stamp === row?.stamp);
    if (done === undefined) return;
    doubts = [];
    adopt(done.base, done.changes);
  }

  async function saveOnce(): Promise<void> {
    const attempt = { stamp: crypto.randomUUID(), changes: pending.length };
    const state = current;
    let next = base;
    try {
      await database.transaction(async (query) => { next = await write(query, state, attempt.stamp); });
    } catch (error) {
      // A guest leaves no stamp: what it asks for can be asked again.
      if (error instanceof CommitUnknownError && token !== null) doubts = [...doubts, { ...attempt, base: next }];
      throw error;
    }
    doubts = [];
    adopt(next, attempt.changes);
  }

  async function write(query: Query, state: MonitorState, stamp: string): Promise<Base> {
    const head = await readHead(query, tenant, "FOR NO KEY UPDATE");
    if (token !== null && head?.conductor !== token) throw new FencedError("another one conducts this tenant");
    if ((head?.version ?? 0) !== base.version) throw new ConflictError("the monitor's record");
    const written = await writeChanges(query, { tenant, encode, base, state });
    const record = encode.rest(withMonitor(written.state, { nextNotification: written.highest + 1 }));
    await query(
      `INSERT INTO pvmonitor.monitor AS own (tenant, version, stamp, record) VALUES ($1, 1, $2, $3)
       ON CONFLICT (tenant) DO UPDATE SET version = own.version + 1, stamp = CASE WHEN $4 THEN $2 ELSE own.stamp END, saved_at = now(), record = $3`,
      [tenant, stamp, record, token !== null]);
    return { ...written, version: base.version + 1 };
  }

  async function save(): Promise<Saved> {
    try {
      for (let tries = 1; pending.length > 0; tries += 1) {
        await settleDoubts();
        try {
          if (pending.length > 0) await saveOnce();
        } catch (error) {
          // A connection that ended while nobody used it says so only now: the next one may do.
          const isConflict = error instanceof ConflictError || isCrossed(error);
          const isWorthATry = isConflict ? tries < MOST_CONFLICTS : tries === 1 && isConnectionLost(error);
          if (!isWorthATry) throw error;
          if (isConflict) await reread();
        }
      }
      isReachable = true;
      return { ok: true };
    } catch (error) {
      isReachable = false;
      if (error instanceof FencedError) onTaken();
      return { ok: false, detail: error instanceof FencedError ? "ESTALE" : error instanceof ConflictError ? "EBUSY" : failureWord(error) };
    }
  }

  return {
    get state() { return current; },
    // While the server is away nothing goes out: that it was told could not be noted, and whoever takes over would tell it again.
    get sendable() { return isReachable ? base.state : { ...base.state, outbox: [] }; },
    get isSaved() { return pending.length === 0; },
    apply: (change) => {
      const next = change(current);
      if (next === current) return;
      pending.push(change);
      current = next;
    },
    save: () => serially(save),
    refresh: () => serially(async () => {
      await settleDoubts();
      await reread();
    }),
    scansSince: (known) => serially(async () => {
      const rows = await readPlants(database.query, tenant,
        "EXISTS (SELECT FROM unnest($2::text[], $3::text[]) AS waiting (id, scan) WHERE waiting.id = own.id AND waiting.scan IS DISTINCT FROM own.scan ->> 'id')",
        [[...known.keys()].map(keyOf), [...known.values()]]);
      const ended = rows.map(({ plant, scan }) => endedScan(plant.info.id, scan));
      if (rows.length === 0) return ended;
      await settleDoubts();
      const owed = ended.some(({ owes }) => owes > 0) ? await readEntries(database.query, tenant, [...base.positions.values()]) : [];
      adopt(withEntries(withPlants(base, rows), owed));
      return ended;
    }),
    lastScan: (plantId) => scanName(base.plants.get(plantId)?.scan),
    isShared: (plantId) => base.plants.has(plantId),
  };
}

const named = z.object({ id: z.string() });

function scanName(scan: unknown): string | null {
  return named.safeParse(scan).data?.id ?? null;
}

async function takeOver(query: Query, tenant: string, token: string, encode: RowEncoder): Promise<void> {
  await query(
    `INSERT INTO pvmonitor.monitor (tenant, version, stamp, record, conductor) VALUES ($1, 1, gen_random_uuid(), $2, $3)
     ON CONFLICT (tenant) DO UPDATE SET conductor = $3`, [tenant, encode.rest(emptyState), token]);
}

/** All of one moment; of the plants only those that are not known in this version. */
async function readBase(database: Database, tenant: string, known: Base): Promise<Base & Pick<Head, "conductor">> {
  return database.transaction(async (query) => {
    const head = await readHead(query, tenant);
    if (head === null) return { ...NOTHING, conductor: null };
    const rows = await readPlants(query, tenant, "NOT EXISTS (SELECT FROM unnest($2::text[], $3::bigint[]) AS known (id, version) WHERE known.id = own.id AND known.version = own.version)",
      [[...known.plants.keys()].map(keyOf), [...known.plants.values()].map(({ version }) => version)]);
    const isSameHead = head.version === known.version;
    // What is owed changes with the head, but for what scans have added.
    const entries = await readEntries(query, tenant, isSameHead ? [...known.positions.values()] : []);
    if (isSameHead && rows.length === 0 && entries.length === 0) return { ...known, conductor: head.conductor };
    if (isSameHead) return { ...withEntries(withPlants(known, rows), entries), conductor: head.conductor };
    const { monitor, digests } = head.state;
    const state: MonitorState = { plants: known.state.plants, outbox: [], digests, monitor: { ...monitor, nextNotification: PROVISIONAL } };
    const highest = Math.max(known.highest, monitor.nextNotification - 1);
    const base = withEntries(withPlants({ ...known, state, highest, version: head.version, positions: new Map() }, rows), entries);
    return { ...base, conductor: head.conductor };
  }, "read");
}

function withPlants(base: Base, rows: readonly PlantRow[]): Base {
  const [states, plants] = [new Map(base.state.plants), new Map(base.plants)];
  for (const { plant, ...row } of rows) {
    states.set(plant.info.id, plant);
    plants.set(plant.info.id, row);
  }
  return { ...base, plants, state: { ...base.state, plants: states } };
}

function withEntries(base: Base, rows: readonly EntryRow[]): Base {
  if (rows.length === 0) return base;
  const positions = new Map(base.positions);
  for (const { entry, position } of rows) positions.set(entry.id, position);
  const outbox = [...base.state.outbox, ...rows.map(({ entry }) => entry)].sort((a, b) => (positions.get(a.id) ?? 0) - (positions.get(b.id) ?? 0));
  return { ...base, positions, state: { ...base.state, outbox }, highest: Math.max(base.highest, ...rows.map(({ position }) => position)) };
}

interface Changes {
  readonly tenant: string;
  readonly encode: RowEncoder;
  readonly base: Base;
  readonly state: MonitorState;
}

/** Writes the plants and the outbox as they are in `state`; resolves to what the rows then hold. */
async function writeChanges(query: Query, { tenant, encode, base, state }: Changes): Promise<Base> {
  const plants = await writePlants(query, { tenant, encode, base, state });
  const known = new Map(base.state.outbox.map((entry) => [entry.id, entry]));
  // By what the rows hold, not by how an id looks: that of an imported one may be any text.
  const added = state.outbox.filter(({ id }) => !base.positions.has(id));
  const numbers = await drawNumbers(query, added.length);
  const entries = added.map((entry, index): EntryRow => ({ position: numbers[index] ?? 0, entry: { ...entry, id: String(numbers[index] ?? 0) } }));
  const kept = state.outbox.filter(({ id }) => base.positions.has(id));
  const changed = kept.filter((entry) => known.get(entry.id) !== entry).map((entry): EntryRow => ({ entry, position: base.positions.get(entry.id) ?? 0 }));
  const keptIds = new Set(kept.map(({ id }) => id));
  // What changed is put in again, at its place.
  const gone = [...[...base.positions].filter(([id]) => !keptIds.has(id)).map(([, position]) => position), ...changed.map(({ position }) => position)];
  if (gone.length > 0) await query("DELETE FROM pvmonitor.outbox WHERE tenant = $1 AND position = ANY($2::bigint[])", [tenant, gone]);
  await insertEntries(query, tenant, [...changed, ...entries]);
  const positions = new Map([...base.positions].filter(([id]) => keptIds.has(id)));
  return withEntries({ ...base, plants, positions, state: { ...state, outbox: kept, monitor: { ...state.monitor, nextNotification: PROVISIONAL } } }, entries);
}

async function writePlants(query: Query, { tenant, encode, base, state }: Changes): Promise<Base["plants"]> {
  const changed = [...state.plants.values()].filter((plant) => base.state.plants.get(plant.info.id) !== plant);
  const old = changed.filter(({ info }) => base.plants.has(info.id));
  const added = changed.filter(({ info }) => !base.plants.has(info.id));
  const versionOf = ({ info }: PlantState): number => base.plants.get(info.id)?.version ?? 0;
  for (const some of chunks(old)) {
    const written = await query(
      `UPDATE pvmonitor.plant AS own SET version = own.version + 1, state = new.state::json
       FROM unnest($2::text[], $3::bigint[], $4::text[]) AS new (id, version, state) WHERE own.tenant = $1 AND own.id = new.id AND own.version = new.version RETURNING 1`,
      [tenant, some.map(({ info }) => keyOf(info.id)), some.map(versionOf), some.map((plant) => encode.plant(plant))]);
    if (written.length < some.length) throw new ConflictError("a plant");
  }
  await insertPlants(query, { tenant, plants: added, encode, after: base.plants.size, version: 1 });
  const plants = new Map(base.plants);
  for (const plant of changed) plants.set(plant.info.id, { version: versionOf(plant) + 1, scan: base.plants.get(plant.info.id)?.scan ?? null });
  return plants;
}
