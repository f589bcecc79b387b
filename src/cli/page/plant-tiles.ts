// Every plant in a few words, those that need someone first: the grid of the page.
import type { PlantStatus, PlantTile } from "../../api/schemas.ts";
import { clean } from "../../adapters/teams/literal-text.ts";
import { counted, duration, listed, timesOf } from "../../adapters/teams/words.ts";
import { typeText } from "../../adapters/teams/device-stories.ts";
import { goneDevices, isGone } from "../../domain/gone.ts";
import { plantsWithoutData } from "../../domain/heartbeat-facts.ts";
import type { EpochMs } from "../../domain/local-time.ts";
import type { MonitorState } from "../../domain/monitor-state.ts";
import { activeAlerts, failedInverters, type PlantState } from "../../domain/plant.ts";
import type { RulesOf } from "../../domain/rules.ts";

export interface TileSurroundings {
  readonly now: EpochMs;
  readonly rulesOf: RulesOf;
  /** Of a plant that is muted as a whole: until when (null: until the settings say otherwise) and why. */
  readonly muteOf: (plantId: string) => { readonly until: EpochMs | null; readonly reason: string } | null;
}

const URGENCY: readonly PlantStatus[] = ["relay", "inverters", "no-data", "muted", "normal"];

/** Most urgent kind first, within it the longest first, then by name. Plants that are gone are left out. */
export function plantTiles(state: MonitorState, around: TileSurroundings): PlantTile[] {
  const tiles = [...state.plants.values()].filter((plant) => !isGone(plant)).map((plant) => plantTile(plant, around));
  const rank = ({ status }: PlantTile): number => URGENCY.indexOf(status);
  return tiles.sort((a, b) => rank(a) - rank(b) || (a.since ?? 0) - (b.since ?? 0) || a.name.localeCompare(b.name, "pt-BR", { numeric: true }));
}

export function plantTile(plant: PlantState, around: TileSurroundings): PlantTile {
  const { info, inverter } = plant;
  const alerts = activeAlerts(plant);
  const failures = failedInverters(plant);
  const gone = goneDevices(plant, "inverter");
  const [silent] = plantsWithoutData([plant], around);
  const mute = around.muteOf(info.id);
  const wrong = wrongOf({ alerts: alerts.map(({ alert }) => alert), failures: failures.map(({ failure }) => failure), silent, inverters: inverter.devices.size - gone.size });
  const status = mute === null || wrong.status === "normal" ? wrong.status : "muted";
  return {
    id: info.id,
    name: clean(info.name, 200, info.id),
    capacityKwp: info.capacityKwp,
    status,
    what: mute === null ? wrong.what : [wrong.what, mutedText(mute, around, plant)].filter((text) => text !== "").join(" · "),
    since: wrong.since,
    invertersDown: failures.length,
    inverters: inverter.devices.size - gone.size,
    relayAlerts: alerts.length,
    types: [...new Set(alerts.map(({ alert }) => alert.type))],
    isUnwatched: inverter.unwatchedSince !== null,
    mutedUntil: mute?.until ?? null,
  };
}

interface Wrong {
  readonly status: Exclude<PlantStatus, "muted">;
  readonly what: string;
  readonly since: EpochMs | null;
}

interface Found {
  readonly alerts: readonly { readonly type: string; readonly first: EpochMs }[];
  readonly failures: readonly { readonly first: EpochMs }[];
  readonly silent: { readonly kinds: readonly ("relay" | "inverter")[]; readonly since: EpochMs | null } | undefined;
  readonly inverters: number;
}

function wrongOf({ alerts, failures, silent, inverters }: Found): Wrong {
  const down = failures.length === 0 ? "" : downText(failures.length, inverters);
  const firstOf = (stories: readonly { readonly first: EpochMs }[]): EpochMs => Math.min(...stories.map(({ first }) => first));
  if (alerts.length > 0) {
    const types = listed([...new Set(alerts.map(({ type }) => typeText(type)))]);
    return { status: "relay", what: [`relé atuado: ${types}`, down].filter((text) => text !== "").join(" · "), since: firstOf(alerts) };
  }
  if (down !== "") return { status: "inverters", what: down, since: firstOf(failures) };
  if (silent === undefined) return { status: "normal", what: "", since: null };
  const kinds = silent.kinds.map((kind) => (kind === "relay" ? "relés" : "inversores"));
  return { status: "no-data", what: `sem dados de ${listed(kinds)}`, since: silent.since };
}

function downText(down: number, inverters: number): string {
  if (down === inverters && down > 1) return `TODOS os ${down} inversores parados`;
  return inverters > down ? `${down} de ${counted(inverters, "inversor parado", "inversores parados")}` : counted(down, "inversor parado", "inversores parados");
}

function mutedText({ until, reason }: { readonly until: EpochMs | null; readonly reason: string }, { now, rulesOf }: TileSurroundings, { info }: PlantState): string {
  const why = clean(reason, 120);
  if (until === null) return `silenciada: ${why}`;
  return `silenciada até ${timesOf(rulesOf(info).zone, now).moment(until)} (${duration(until - now)}): ${why}`;
}
