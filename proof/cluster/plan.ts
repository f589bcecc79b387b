// What befalls workers, database and network, and when: decided by the seed.
import { createRandom } from "../../src/simulator/random.ts";

/** `conductor`: whoever conducts then. */
export type Victim = number | "conductor";

export type Blow =
  | { readonly kind: "kill"; readonly victim: Victim; /** Real seconds until another process starts in its place. */ readonly forS: number }
  | { readonly kind: "stop"; readonly victim: Victim; readonly forS: number }
  /** `refused`: connections break, and new ones are refused; `silent`: nothing passes, nobody is told. */
  | { readonly kind: "cut"; readonly victim: Victim; readonly how: "refused" | "silent"; readonly forS: number }
  /** `immediate`, as a power cut leaves it. */
  | { readonly kind: "database"; readonly forS: number };

export type Plan = readonly (Blow & { /** Real seconds from the one before, when its end is over. */ readonly afterS: number })[];

export interface PlanOptions {
  readonly seed: number;
  readonly workers: number;
  /** Real seconds that all of it may take. */
  readonly seconds: number;
  /** How long the database is gone. */
  readonly goneS: number;
}

const SHORTEST_S = 120;

/** The database is restarted twice and gone once (where there is little time: restarted once), and in between as many other blows as there is time for. */
export function makePlan({ seed, workers, seconds, goneS }: PlanOptions): Plan {
  const random = createRandom(seed * 31 + 7);
  const between = (from: number, to: number): number => from + random() * (to - from);
  const victim = (): Victim => (random() < 0.5 ? "conductor" : Math.floor(random() * workers));
  const isShort = seconds < SHORTEST_S;
  const kill = (whom = victim()): Blow => ({ kind: "kill", victim: whom, forS: between(1, 5) });
  const stop = (): Blow => ({ kind: "stop", victim: victim(), forS: isShort ? 15 : between(15, 25) });
  const cut = (): Blow => ({ kind: "cut", victim: victim(), how: random() < 0.5 ? "refused" : "silent", forS: isShort ? 4 : between(5, 25) });
  const restart: Blow = { kind: "database", forS: 0 };
  const gone: Blow = { kind: "database", forS: goneS };
  if (isShort) return shuffled([kill("conductor"), stop(), cut(), restart, gone], random).map((blow) => ({ ...blow, afterS: between(1, 3) }));
  const gap = (): number => between(5, 30);
  const planned: (Blow & { readonly afterS: number })[] = [];
  let leftS = seconds - goneS;
  while (leftS > 0) {
    const blow = { ...([kill, stop, cut][Math.floor(random() * 3)] ?? kill)(), afterS: gap() };
    leftS -= blow.forS + blow.afterS;
    planned.push(blow);
  }
  for (const [share, blow] of [[0.75, restart], [0.5, gone], [0.25, restart]] as const) planned.splice(Math.floor(planned.length * share), 0, { ...blow, afterS: gap() });
  return planned;
}

function shuffled(blows: readonly Blow[], random: () => number): Blow[] {
  return blows.map((blow) => ({ blow, place: random() })).sort((a, b) => a.place - b.place).map(({ blow }) => blow);
}

export function blowText(blow: Blow): string {
  const who = "victim" in blow ? ` ${blow.victim === "conductor" ? "whoever conducts" : `worker ${blow.victim + 1}`}` : "";
  return `${blow.kind}${"how" in blow ? ` (${blow.how})` : ""}${who}, ${blow.forS.toFixed(0)} s`;
}
