// A series of lives on one state folder, each killed but the last; and what the promises say of it.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { STATE_FILE } from "../../src/adapters/file-store/file-store.ts";
import { acquireLock } from "../../src/adapters/system/instance-lock.ts";
import type { MonitorState } from "../../src/domain/monitor-state.ts";
import { createRandom } from "../../src/simulator/random.ts";
import { startWorld } from "../../test/e2e/live-world.ts";
import { makeFleet } from "./flipping-fleet.ts";
import type { Flaw } from "./flawed.process.ts";
import { COMES_FOR_SURE, liveInOrder, runLife, stateFolder, type Ground, type LifeEnd } from "./life.ts";
import type { KillKind, LifePlan } from "./plans.ts";
import { keyOf, owedBy, stateIn, toldBy, type Told } from "./told.ts";

/** Where the order of a plant is broken, what was lost …: in Portuguese, as the table is. */
export interface SeriesResult {
  readonly kills: readonly KillResult[];
  readonly events: number;
  readonly lost: number;
  readonly faults: readonly string[];
}

export interface KillResult {
  readonly kind: KillKind;
  readonly cameToIt: boolean;
  /** It left a temporary file: it was killed within a save. */
  readonly isWithinSave: boolean;
  /** Cards that Teams had accepted and the state did not know of. */
  unnoted: number;
  /** Cards that were told once more after it. */
  repeats: number;
  readonly isBroken: boolean;
}

interface LifeAfter {
  /** What its state still owes: the keys of the cards. */
  readonly owed: ReadonlySet<string>;
  readonly isAnswerLost: boolean;
}

interface Acceptance extends Told {
  readonly life: number;
  readonly key: string;
}

const LONGEST_END_MS = 60_000;
const CALLS_OF_A_CYCLE = 14;

export interface Series {
  readonly plans: readonly LifePlan[];
  /** Of the world. */
  readonly seed: number;
  /** Spoils the monitor, to see it caught. */
  readonly flaw?: Flaw;
  readonly longestEndMs?: number;
}

export async function runSeries({ plans, seed, flaw, longestEndMs = LONGEST_END_MS }: Series): Promise<SeriesResult> {
  const quiet = { flips: 0, fault: "none" } as const;
  const fleet = makeFleet([quiet, ...plans, { flips: 2, fault: "none" }], createRandom(seed + 1));
  const world = await startWorld(fleet.scenario);
  const root = mkdtempSync(join(tmpdir(), "pvmonitor-crash-"));
  const folder = join(root, "run");
  const ground: Ground = { world, folder, cache: join(root, "cache"), flaw: flaw ?? null };
  mkdirSync(stateFolder(ground), { recursive: true, mode: 0o700 });
  const accepted: Acceptance[] = [];
  const kills: KillResult[] = [];
  const lives: LifeAfter[] = [];
  const faults: string[] = [];
  try {
    const accept = (life: number) => (body: string): void => {
      const told = toldBy(body);
      accepted.push({ ...told, life, key: keyOf(told) });
    };
    world.clock = () => fleet.clockOf(0);
    faults.push(...await liveInOrder(ground, accept(0), () => world.calls >= CALLS_OF_A_CYCLE, longestEndMs));
    let before = stateOf(ground);
    for (const [i, { kill, fault }] of plans.entries()) {
      const life = i + 1;
      world.clock = () => fleet.clockOf(life);
      const leftover = temporaryFile(ground);
      const end = await runLife(ground, kill, accept(life));
      const after = stateOf(ground);
      lives.push({ owed: new Set(typeof after.state === "string" ? [] : owedBy(after.state).map(keyOf)), isAnswerLost: fault === "teams-answer-lost" });
      const found = [...end.faults, ...checkDisk(ground, before, after, end)];
      if (COMES_FOR_SURE.has(kill.kind) && !end.cameToIt) found.push(`o momento da morte (${String(kill.nth)}) não veio`);
      faults.push(...found.map((text) => `vida ${String(life)} (${kill.kind}): ${text}`));
      kills.push({
        kind: kill.kind, cameToIt: end.cameToIt, unnoted: 0, repeats: 0, isBroken: typeof after.state === "string",
        isWithinSave: temporaryFile(ground) !== leftover && temporaryFile(ground) !== null,
      });
      if (found.length > 0 && typeof after.state === "string") break;
      before = after;
    }
    const last = plans.length + 1;
    world.clock = () => fleet.clockOf(last);
    const expected = fleet.eventsUntil(last);
    const isTold = (): boolean => new Set(accepted.flatMap(({ events }) => events)).isSupersetOf(new Set(expected));
    faults.push(...await liveInOrder(ground, accept(last), isTold, longestEndMs));
    const { state } = stateOf(ground);
    if (typeof state === "string" || state.outbox.length > 0) faults.push("no fim ainda há o que avisar, ou não há estado");
    const lost = expected.filter((event) => !accepted.some(({ events }) => events.includes(event)));
    const allowed = allowRepeats(accepted, lives, kills);
    faults.push(...lost.map((event) => `perdido: ${event}`), ...checkTold(accepted, expected, allowed));
    countRepeats(accepted, kills);
    return { kills, events: expected.length, lost: lost.length, faults };
  } finally {
    await world.close();
    rmSync(root, { recursive: true, force: true });
  }
}

interface OnDisk {
  /** Or why it is none. */
  readonly state: MonitorState | string;
  readonly sha: string;
}

function stateOf(ground: Ground): OnDisk {
  const path = join(stateFolder(ground), STATE_FILE);
  if (!existsSync(path)) return { state: "não há estado", sha: "" };
  const bytes = readFileSync(path);
  return { state: stateIn(bytes), sha: createHash("sha256").update(bytes).digest("hex") };
}

/** What a save leaves that did not come to its rename: when it was written last. */
function temporaryFile(ground: Ground): number | null {
  return statSync(join(stateFolder(ground), `${STATE_FILE}.tmp`), { throwIfNoEntry: false })?.mtimeMs ?? null;
}

/** How often a card may come once more: once for each life in which Teams accepted it and which left it owed, and for each answer
 *  that was lost. Counted at the end: what a killed process had sent may be read by Teams after its death. */
function allowRepeats(accepted: readonly Acceptance[], lives: readonly LifeAfter[], kills: readonly KillResult[]): Map<string, number> {
  const allowed = new Map<string, number>();
  for (const [i, { owed, isAnswerLost }] of lives.entries()) {
    const keys = accepted.filter(({ life }) => life === i + 1).map(({ key }) => key);
    const unnoted = isAnswerLost ? keys : [...new Set(keys)].filter((key) => owed.has(key));
    for (const key of unnoted) allowed.set(key, (allowed.get(key) ?? 0) + 1);
    const kill = kills[i];
    if (kill !== undefined) kill.unnoted = unnoted.length;
  }
  return allowed;
}

/** Promise 5: whole, old or new, and free for the next one. */
function checkDisk(ground: Ground, before: OnDisk, after: OnDisk, end: LifeEnd): string[] {
  const faults: string[] = [];
  if (typeof after.state === "string") faults.push(`estado quebrado: ${after.state}`);
  else if (typeof before.state !== "string" && after.state.monitor.nextNotification < before.state.monitor.nextNotification) faults.push("o estado voltou atrás");
  const aside = readdirSync(stateFolder(ground)).filter((name) => name.includes(".corrupt."));
  if (aside.length > 0) faults.push(`um estado foi posto de lado: ${aside.join(", ")}`);
  const lock = acquireLock(stateFolder(ground));
  if (lock.ok) lock.lock.release();
  else faults.push("a trava não ficou livre");
  if (end.notes.length === 0) return faults;
  // Of a life that ended at a step it is known what it wrote: the last safe state, or the one after it.
  const written = end.notes.flatMap((line) => (line.startsWith("wrote ") ? [line.slice("wrote ".length)] : []));
  const safe = end.notes.filter((line) => line === "safe").length;
  const may = [safe === 0 ? before.sha : written[safe - 1], written[safe]];
  if (!may.includes(after.sha)) faults.push("o estado não é o último seguro nem o seguinte");
  return faults;
}

/** Promises 2 to 4 of what Teams took. */
function checkTold(accepted: readonly Acceptance[], expected: readonly string[], allowed: ReadonlyMap<string, number>): string[] {
  const told = new Set(accepted.flatMap(({ lane, events }) => (lane === "monitor" ? [] : events)));
  const faults = [...told].filter((event) => !expected.includes(event)).map((event) => `inventado: ${event}`);
  for (const [key, times] of Map.groupBy(accepted, (acceptance) => acceptance.key)) {
    const more = times.length - 1;
    if (more > (allowed.get(key) ?? 0)) faults.push(`repetido ${String(more)} vezes, ${String(allowed.get(key) ?? 0)} explicadas: ${key}`);
  }
  // A card holds whole notifications, so no event may be in two different ones.
  const keysOf = Map.groupBy(accepted.flatMap(({ lane, key, events }) => (lane === "monitor" ? [] : events.map((event) => ({ key, event })))), ({ event }) => event);
  for (const [event, cards] of keysOf) if (new Set(cards.map(({ key }) => key)).size > 1) faults.push(`em dois cartões diferentes: ${event}`);
  for (const [lane, cards] of Map.groupBy(accepted, ({ lane: of }) => of)) {
    const order = cards.map(({ key }) => key).filter((key, i, all) => key !== all[i - 1]);
    if (new Set(order).size < order.length) faults.push(`usina ${lane}: um cartão repetido veio depois de um mais novo`);
    const byDevice = Map.groupBy(cards.flatMap(({ events }) => events), (event) => event.split(" ")[0]);
    for (const [device, events] of byDevice) {
      const times = events.filter((event, i) => events.indexOf(event) === i).map((event) => event.slice(-5));
      if (lane !== "monitor" && times.join() !== times.toSorted().join()) faults.push(`fora de ordem: ${String(device)} ${times.join(" ")}`);
    }
  }
  return faults;
}

/** A repeat is the affair of the life that told the card before. */
function countRepeats(accepted: readonly Acceptance[], kills: readonly KillResult[]): void {
  const toldIn = new Map<string, number>();
  for (const { key, life } of accepted) {
    const kill = kills[(toldIn.get(key) ?? 0) - 1];
    if (toldIn.has(key) && kill !== undefined) kill.repeats += 1;
    toldIn.set(key, life);
  }
}
