// The simulator over real HTTP, on real time, for tests that run the monitor as a process of its own.
import { onTestFinished } from "vitest";
import { parseScenario, type ScenarioFile } from "../../src/simulator/scenario.ts";
import { startSimulator, type Simulator } from "../../src/simulator/http-server.ts";
import type { WorldAnswer, WorldRequest } from "../../src/simulator/world-answer.ts";
import { createWorld } from "../../src/simulator/world.ts";

// Where it is about noon just now: no test has a midnight in it, whenever it runs.
const hoursAhead = 12 - new Date().getUTCHours();
export const ZONE = hoursAhead === 0 ? "Etc/UTC" : `Etc/GMT${hoursAhead > 0 ? "-" : "+"}${String(Math.abs(hoursAhead))}`;

/** `YYYY-MM-DD HH:MM:SS` by the plants' clock, as readings have it. */
export function wallClock(at: number): string {
  return new Date(at + hoursAhead * 3_600_000).toISOString().slice(0, 19).replace("T", " ");
}
/** The whole minute so many minutes ago. */
export function minutesAgo(minutes: number): number {
  return (Math.floor(Date.now() / 60_000) - minutes) * 60_000;
}

export function relayReading(plant: number, relay: number | string, at: number, active: readonly string[]): unknown {
  const parameters = Object.fromEntries(active.map((name) => [name, true]));
  return { id: plant, idrele: relay, conteudojson: { tpLei: "rele", tsleitura: wallClock(at), rACheck: true, r27A: false, ...parameters } };
}
export function inverterReading(plant: number, inverter: number | string, at: number, kw: unknown): unknown {
  return { id: plant, idinversor: inverter, conteudojson: { tsleitura: wallClock(at), Pac: kw } };
}
export function plants(...ids: number[]): unknown[] {
  return ids.map((id) => ({ id, nome: `UFV ${String(id)}`, capacidade: "100.00" }));
}

export type Call = { readonly to: "api"; readonly request: WorldRequest } | { readonly to: "teams"; readonly body: string };

export interface LiveWorld extends Pick<Simulator, "baseUrl" | "webhookUrl" | "close"> {
  /** What Teams took, as one text a card with its blanks made single. */
  readonly cards: readonly string[];
  /** Sees each call before the world does, and may answer in its place. */
  intercept: (call: Call) => WorldAnswer | null;
  /** Sees each card that Teams took before the monitor gets to know of it. */
  onCard: (body: string) => void;
  /** Calls of either kind so far. */
  readonly calls: number;
  /** Resolves once it is true, looked at after each call. */
  until(isSo: () => boolean): Promise<void>;
  /** What has been measured up to here has been uploaded. Without it: all, always. */
  clock: () => number;
}

export async function startWorld(given: Pick<ScenarioFile, "plants" | "day_relay" | "day_inverter" | "plant_devices" | "faults">): Promise<LiveWorld> {
  const cards: string[] = [];
  const waiting = new Map<() => boolean, () => void>();
  let calls = 0;
  const world = createWorld(
    parseScenario({ timezone: ZONE, start: "2025-01-01T00:00:00", end: "2025-01-02T00:00:00", ...given }),
    { now: () => live.clock(), onCard: ({ body }) => { cards.push(textOf(JSON.parse(body)).replace(/\s+/g, " ")); } },
  );
  const look = (): void => {
    for (const [isSo, resolve] of waiting) if (isSo() && waiting.delete(isSo)) resolve();
  };
  // Looked at once the answer is on its way.
  const lookSoon = (): void => { setImmediate(look); };
  const simulator = await startSimulator({
    world: {
      answer(request) {
        calls += 1;
        lookSoon();
        return live.intercept({ to: "api", request }) ?? world.answer(request);
      },
      teams(body) {
        calls += 1;
        lookSoon();
        const instead = live.intercept({ to: "teams", body });
        if (instead !== null) return { ...instead, accepted: false };
        const answer = world.teams(body);
        if (answer.accepted) live.onCard(body);
        return answer;
      },
    },
  });
  const live: LiveWorld = {
    ...simulator, cards,
    intercept: () => null,
    onCard: () => undefined,
    get calls() { return calls; },
    until: (isSo) => new Promise((resolve) => {
      waiting.set(isSo, resolve);
      look();
    }),
    clock: () => Number.MAX_SAFE_INTEGER / 2,
  };
  return live;
}

/** Relays that trip and are clean again by turns for so many minutes up to now, a reading further with each round of calls: an event a scan. */
export async function restlessWorld(ids: readonly number[] = [101], minutes = 90): Promise<LiveWorld> {
  const first = minutesAgo(minutes);
  const readings = (id: number): unknown[] => Array.from({ length: minutes - 10 }, (_, i) => relayReading(id, 7, first + i * 60_000, i % 2 === 1 ? ["r59N"] : []));
  const world = await startWorld({ plants: plants(...ids), day_relay: Object.fromEntries(ids.map((id) => [String(id), readings(id)])) });
  onTestFinished(() => world.close());
  let word = 0;
  world.clock = () => first + Math.floor(word / ids.length) * 60_000;
  world.intercept = (call) => {
    if (call.to === "api" && call.request.path === "/day_relay") word += 1;
    return null;
  };
  return world;
}

/** Every text of a card's JSON, in its order. */
function textOf(json: unknown): string {
  if (typeof json === "string") return `${json} `;
  if (typeof json !== "object" || json === null) return "";
  return Object.values(json).map(textOf).join("");
}
