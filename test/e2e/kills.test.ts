// SIGKILL at moments that the simulator chooses, again and again: every event reaches Teams, and a kill costs one repeated card at most.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { createRandom } from "../../src/simulator/random.ts";
import { createFolder, settingsFor, startMonitor } from "./monitor-process.ts";
import { minutesAgo, plants, relayReading, startWorld, wallClock } from "./live-world.ts";

const KILLS = 10;
const PLANTS = [101, 102, 103];
/** Each plant's relay changes with each life, one minute of its readings a life: tripped, clean, tripped … */
const FIRST = minutesAgo(50);
const minuteOf = (life: number): number => FIRST + life * 120_000;
const isTripped = (life: number): boolean => life % 2 === 1;
const LIVES = Array.from({ length: KILLS + 1 }, (_, life) => life);

/** `101 atuou 10:05` for every event of that life. */
const eventsOf = (life: number): string[] => (life === 0 ? [] : PLANTS.map((plant) => `${String(plant)} ${isTripped(life) ? "atuou" : "normalizou"} ${clockOf(life)}`));
const clockOf = (life: number): string => wallClock(minuteOf(life)).slice(11, 16);

/** The events that a card tells: when its relay tripped, and until when. */
function toldBy(card: string): string[] {
  const plant = /UFV (\d+)/.exec(card)?.[1] ?? "?";
  const [, from, to] = /atuado das (\d\d:\d\d) às (\d\d:\d\d)/.exec(card) ?? [];
  if (from !== undefined && to !== undefined) return [...(card.includes("atuou e normalizou") ? [`${plant} atuou ${from}`] : []), `${plant} normalizou ${to}`];
  return [`${plant} atuou ${/desde (\d\d:\d\d)/.exec(card)?.[1] ?? "?"}`];
}

describe("a monitor that is killed", () => {
  it("ten times tells every event, with at most one repeat a kill", { timeout: 120_000 }, async () => {
    const random = createRandom(1);
    const folder = createFolder();
    const world = await startWorld({
      plants: plants(...PLANTS),
      day_relay: Object.fromEntries(PLANTS.map((plant) => [String(plant), LIVES.map((life) => relayReading(plant, 7, minuteOf(life), isTripped(life) ? ["r59N"] : []))])),
    });
    onTestFinished(() => world.close());
    const told = (): string[] => world.cards.flatMap(toldBy);

    for (let life = 0; life < KILLS; life += 1) {
      world.clock = () => minuteOf(life);
      const monitor = startMonitor({ folder, env: settingsFor(world) });
      // Somewhere between the first call and the scan after next; or, as the worst moment of all, when Teams took a card but could not say so.
      const atCard = life > 0 && random() < 0.5;
      let left = atCard ? 1 + Math.floor(random() * PLANTS.length) : 1 + Math.floor(random() * 20);
      const count = (): void => {
        left -= 1;
        if (left === 0) monitor.kill("SIGKILL");
      };
      world.onCard = atCard ? count : () => undefined;
      world.intercept = () => {
        if (!atCard) count();
        return null;
      };
      expect(await monitor.exit, `life ${String(life)}`).toEqual({ code: null, signal: "SIGKILL" });
    }

    world.clock = () => minuteOf(KILLS);
    world.onCard = () => undefined;
    world.intercept = () => null;
    const expected = LIVES.flatMap(eventsOf).sort();
    const last = startMonitor({ folder, env: settingsFor(world) });
    await world.until(() => new Set(told()).size === expected.length);
    last.kill("SIGTERM");
    expect(await last.exit).toEqual({ code: 0, signal: null });
    expect([...new Set(told())].sort()).toEqual(expected);
    const repeats = world.cards.length - new Set(world.cards.map((card) => toldBy(card).join())).size;
    expect(repeats).toBeLessThanOrEqual(KILLS);
    // The cards of one plant tell its story in order.
    for (const plant of PLANTS) {
      const own = [...new Set(told().filter((event) => event.startsWith(String(plant))))];
      expect(own, String(plant)).toEqual(own.toSorted((a, b) => (a.slice(-5) < b.slice(-5) ? -1 : 1)));
    }
    expect(JSON.parse(readFileSync(join(folder, "state", "monitor_state.json"), "utf8"))).toMatchObject({ rele_alertas_ativos: [], pending_notifications: [] });
  });
});
