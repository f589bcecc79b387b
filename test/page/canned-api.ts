// Answers of a monitor, made up and valid by the schemas: N plants of M inverters each, on a day with something of everything. The same seed, the same world.
import type { z } from "zod";
import { actionAnswer, incidentList, monitorView, muteList, overview, plantDay } from "../../src/api/schemas.ts";
import type { IncidentList, IncidentView, MonitorView, MuteList, MuteView, Overview, PlantDay, PlantStatus, PlantTile } from "../../src/api/schemas.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
export const ZONE = "America/Sao_Paulo";
/** 24/11/2025 14:20 in São Paulo, three hours behind. */
export const NOW = Date.UTC(2025, 10, 24, 17, 20);
const midnightOf = (date: string): number => Date.parse(`${date}T03:00:00Z`);

export interface World {
  readonly plants: number;
  readonly inverters: number;
  readonly mood: "busy" | "calm" | "blind";
  readonly at: number;
  readonly revision: number;
  /** Instead of the usual name of the first plant. */
  readonly firstName?: string;
}

export const BUSY: World = { plants: 42, inverters: 12, mood: "busy", at: NOW, revision: 1 };

/** Numbers from 0 to 1 that are always the same ones. */
function chance(seed: number): () => number {
  let state = seed + 0x9e3779b9;
  return () => {
    state = Math.imul(state ^ (state >>> 16), 0x45d9f3b) + 0x3779b9;
    return ((state ^ (state >>> 15)) >>> 0) / 2 ** 32;
  };
}

const FIRST = ["Barra", "Serra", "Vale", "Lagoa", "Campo", "Ilha", "Monte", "Porto", "Rio", "Chapada", "Mata", "Pedra"];
const SECOND = ["Norte", "Azul", "Clara", "do Sol", "Verde", "Dourado", "das Flores", "Bonita", "Alta", "do Meio", "Branca", "Velha"];
const MOODS: readonly PlantStatus[] = ["relay", "inverters", "inverters", "relay", "inverters", "no-data", "muted", "no-data"];
const PARAMETERS = [{ name: "r59N", words: "r59N – sobretensão de neutro (ANSI 59N)" }, { name: "r86", words: "r86 – bloqueio (ANSI 86)" }];

function tileOf(world: World, index: number): PlantTile {
  const status = world.mood === "busy" && index < Math.min(MOODS.length, Math.ceil(world.plants / 3)) ? MOODS[index] ?? "normal" : "normal";
  const down = status === "inverters" || status === "muted" ? 1 + (index % 3) : 0;
  const name = `UFV ${FIRST[index % 12] ?? ""} ${SECOND[Math.floor(index / 12 + index) % 12] ?? ""}${index >= 144 ? ` ${String(Math.floor(index / 144) + 1)}` : ""}`;
  const what: Readonly<Record<PlantStatus, string>> = {
    "relay": "Relé 1931 atuou, SOBRETENSÃO", "inverters": down === 1 ? `Inversor ${String(46_000 + index)} parado` : `${String(down)} de ${String(world.inverters)} inversores parados`,
    "no-data": "Nenhuma leitura", "muted": `${String(down)} de ${String(world.inverters)} inversores parados`, "normal": "",
  };
  return {
    id: String(100 + index), name: index === 0 ? world.firstName ?? name : name, capacityKwp: index % 9 === 5 ? null : 250 + ((index * 377) % 4750) + 0.5 * (index % 2), status, what: what[status],
    since: status === "normal" ? null : world.at - (4 * HOUR + 12 * MINUTE) + index * 31 * MINUTE,
    invertersDown: down, inverters: world.inverters, relayAlerts: status === "relay" ? 1 : 0, types: status === "relay" ? ["SOBRETENSÃO"] : [],
    isUnwatched: status === "relay", mutedUntil: status === "muted" ? world.at + 3 * HOUR + 40 * MINUTE : null,
  };
}

export function cannedOverview(world: World): Overview {
  const plants = Array.from({ length: world.plants }, (_, index) => tileOf(world, index));
  const count = (status: PlantStatus): number => plants.filter((plant) => plant.status === status).length;
  const calling = count("relay") + count("inverters") + count("no-data");
  const headlines: Readonly<Record<World["mood"], Overview["headline"]>> = {
    busy: { status: "attention", text: `${String(calling)} usinas precisam de alguém`, since: plants[0]?.since ?? null },
    calm: { status: "well", text: `Tudo bem: ${String(world.plants)} usinas, nada parado`, since: null },
    blind: { status: "blind", text: "O monitor não vê as usinas desde 13:05", since: world.at - 75 * MINUTE },
  };
  return valid(overview, {
    at: world.at, zone: ZONE, version: "1.0.0", revision: world.revision, headline: headlines[world.mood],
    counts: { plants: plants.length, relay: count("relay"), inverters: count("inverters"), noData: count("no-data"), muted: count("muted"), normal: count("normal") },
    plants,
    attention: world.mood === "calm" ? [] : [{ kind: "teams-refused", text: "Teams recusou 3 cartões: confira o endereço do canal", since: world.at - 2 * HOUR - 14 * MINUTE }],
    history: world.mood === "blind" ? { text: "o disco está cheio, nada novo é guardado", since: world.at - HOUR, lost: 1204 } : null,
  });
}

function incidentsOf(world: World, tile: PlantTile, dayFrom: number, isToday: boolean): readonly IncidentView[] {
  const next = chance(Number(tile.id) + dayFrom / DAY);
  const isRelay = tile.status === "relay";
  const made = (id: string, kind: "relay" | "inverter", device: string, first: number, end: number | null): IncidentView => ({
    id, plantId: tile.id, plantName: tile.name, kind, device, deviceName: kind === "relay" ? "1931" : `INV ${device.padStart(2, "0")}`, type: kind === "relay" ? "SOBRETENSÃO" : null,
    parameters: kind === "relay" ? PARAMETERS : [], first, last: (end ?? world.at) - 5 * MINUTE, end, goneAt: null, notifiedAt: first + 12 * MINUTE, endNotifiedAt: end === null ? null : end + 11 * MINUTE,
    mutedReason: tile.status === "muted" ? "em silêncio: troca de fusíveis" : null,
  });
  const first = dayFrom + 7 * HOUR + Math.floor(next() * 30) * 5 * MINUTE;
  const past = isToday || next() < 0.45 ? [made(`${tile.id}A`, isRelay ? "relay" : "inverter", isRelay ? "9001" : String(1 + Math.floor(next() * tile.inverters)), first, first + Math.floor(15 + next() * 150) * MINUTE)] : [];
  if (!isToday || tile.since === null || tile.status === "no-data") return past;
  const open = isRelay ? [made(`${tile.id}R`, "relay", "9001", tile.since, null)] : Array.from({ length: tile.invertersDown }, (_, index) => made(`${tile.id}${String(index)}`, "inverter", String(3 + index), (tile.since ?? 0) + index * 15 * MINUTE, null));
  return [...open, ...past];
}

export function cannedPlantDay(world: World, id: string, date: string | null): PlantDay | null {
  const tile = cannedOverview(world).plants.find((plant) => plant.id === id);
  if (tile === undefined) return null;
  const today = new Date(world.at - 3 * HOUR).toISOString().slice(0, 10);
  const shown = date ?? today;
  const day = { from: midnightOf(shown), to: midnightOf(shown) + DAY };
  const isToday = shown === today;
  const window = { from: day.from + 6.5 * HOUR, to: day.from + 17.5 * HOUR };
  const incidents = incidentsOf(world, tile, day.from, isToday);
  const next = chance(Number(id));
  const inverters = Array.from({ length: world.inverters }, (_, index) => {
    const device = String(index + 1);
    const its = incidents.filter((one) => one.kind === "inverter" && one.device === device);
    const peak = 92 + next() * 12;
    const hole = index % 5 === 1 ? day.from + (9 + next() * 3) * HOUR : Infinity;
    const at: number[] = [];
    const powerKw: (number | null)[] = [];
    for (let time = day.from + 5 * HOUR; time <= Math.min(day.from + 19 * HOUR, world.at); time += 5 * MINUTE) {
      if (tile.status === "no-data" && isToday && time > (tile.since ?? 0)) break;
      if (time >= hole && time < hole + 50 * MINUTE) continue;
      const sun = Math.max(0, Math.sin((Math.PI * (time - day.from - 5.4 * HOUR)) / (13.2 * HOUR)));
      const cloud = 1 - 0.35 * Math.max(0, Math.sin(time / (37 * MINUTE))) * next();
      const isDown = its.some(({ first, end }) => time >= first && (end === null || time < end));
      at.push(time);
      powerKw.push(isDown ? 0 : Math.round(10 * peak * sun ** 1.2 * cloud) / 10);
    }
    const open = its.find(({ end }) => end === null);
    return { id: device, name: `INV ${device.padStart(2, "0")}`, isDown: open !== undefined, down: open?.first ?? null, at, powerKw };
  });
  const alerts = tile.status === "relay" && tile.since !== null ? [{ type: "SOBRETENSÃO", since: tile.since, last: world.at - 5 * MINUTE, parameters: PARAMETERS }] : [];
  return valid(plantDay, {
    at: world.at, zone: ZONE, date: shown, today, earliest: new Date(Date.parse(today) - 30 * DAY).toISOString().slice(0, 10), plant: tile, window, day, inverters,
    relays: [{ id: "9001", name: "1931", lastReading: world.at - 5 * MINUTE, alerts }], incidents: [...incidents], missing: null,
  });
}

export function cannedIncidents(world: World, query: URLSearchParams): IncidentList {
  const [from, to] = [Number(query.get("from")), Number(query.get("to"))];
  const { plants } = cannedOverview(world);
  const today = midnightOf(new Date(world.at - 3 * HOUR).toISOString().slice(0, 10));
  const all: IncidentView[] = [];
  for (let day = Math.max(from, today - 30 * DAY); day < Math.min(to, world.at); day += DAY) {
    for (const tile of plants.slice(0, 16)) all.push(...incidentsOf(world, tile, day, day === today).map((one) => ({ ...one, id: `${one.id}${String((day / DAY) % 100).slice(0, 2)}` })));
  }
  const incidents = all.filter((one) => one.first < world.at && (query.get("plant") ?? one.plantId) === one.plantId && (query.get("kind") ?? one.kind) === one.kind && (!query.has("type") || query.get("type") === one.type))
    .toSorted((a, b) => b.first - a.first);
  const offenders = [...Map.groupBy(incidents, (one) => `${one.plantId} ${one.device}`).values()].filter((its) => its.length > 1).flatMap((its) => its.slice(0, 1).map((one) => ({
    plantId: one.plantId, plantName: one.plantName, kind: one.kind, device: one.device, deviceName: one.deviceName, incidents: its.length, downMs: its.reduce((sum, each) => sum + (each.end ?? world.at) - each.first, 0),
  }))).toSorted((a, b) => b.incidents - a.incidents || b.downMs - a.downMs);
  return valid(incidentList, { at: world.at, zone: ZONE, from, to, incidents, isCut: false, offenders, missing: null });
}

export function cannedMutes(world: World): readonly MuteView[] {
  return cannedOverview(world).plants.filter(({ status }) => status === "muted").map((plant) => ({
    id: `m${plant.id}`, plantId: plant.id, plantName: plant.name, device: null, deviceName: null, since: world.at - HOUR, until: plant.mutedUntil ?? world.at, reason: "troca de fusíveis", by: "página, 127.0.0.1",
  }));
}

export function cannedMuteList(world: World, mutes: readonly MuteView[]): MuteList {
  return valid(muteList, { at: world.at, zone: ZONE, mutes: [...mutes] });
}

export function cannedMonitor(world: World, mutes: readonly MuteView[]): MonitorView {
  const next = chance(7);
  const isCalm = world.mood === "calm";
  const scans: MonitorView["scans"] = Array.from({ length: 96 }, (_, index) => {
    const kind = index % 2 === 0 ? "relay" as const : "inverter" as const;
    const failedCalls = !isCalm && index > 20 && index < 27 ? Math.floor(next() * 30) : next() > 0.97 ? 1 : 0;
    const medianMs = 180 + 60 * Math.sin(index / 7) + next() * 40 + failedCalls * 22;
    return {
      at: world.at - 3 * MINUTE - index * 15 * MINUTE, kind, durationMs: 8000 + next() * 9000 + failedCalls * 900, plants: world.plants, complete: world.plants - Math.min(3, failedCalls), unavailable: Math.min(3, failedCalls),
      unwatched: isCalm ? 0 : 2, readings: world.plants * 12, reasons: failedCalls > 0 ? [{ reason: "timeout", text: "sem resposta no tempo", count: failedCalls }] : [], endedEarly: false,
      calls: world.plants + 3, failedCalls, medianMs, p95Ms: medianMs * (1.8 + next()),
    };
  });
  const card = (index: number): MonitorView["cards"][number] => ({
    at: world.at - index * 23 * MINUTE, title: index % 2 === 0 ? "UFV Barra Norte: relé atuou, SOBRETENSÃO" : "UFV Serra Azul: inversor 46001 normalizado", severity: index % 2 === 0 ? "danger" : "good", plantId: "100", events: 1 + (index % 3), attempt: 1 + (index % 4 === 3 ? 1 : 0),
    outcome: index === 3 ? "refused" : index === 5 ? "failed" : "delivered", reason: index === 3 ? "cartão grande demais (413)" : index === 5 ? "sem resposta no tempo" : null,
  });
  return valid(monitorView, {
    at: world.at, zone: ZONE, identity: { host: "servidor-1", pid: 4711, version: "1.0.0", startedAt: world.at - 12 * DAY - 4 * HOUR },
    attention: cannedOverview(world).attention, lastCycle: { relay: world.at - 3 * MINUTE, inverter: world.at - 8 * MINUTE }, scans,
    outboxTotal: isCalm ? 0 : 103,
    outbox: isCalm ? [] : [
      { id: "n1", title: "UFV Barra Norte: relé atuou, SOBRETENSÃO", plantId: "100", events: 1, since: world.at - 22 * MINUTE, why: "o Teams respondeu 429: limite de chamadas", nextTry: world.at + 4 * MINUTE },
      { id: "n2", title: "UFV Serra do Sol: 3 de 12 inversores parados", plantId: "101", events: 3, since: world.at - 9 * MINUTE, why: "espera a vez, atrás de outro da mesma usina", nextTry: null },
    ],
    cards: Array.from({ length: isCalm ? 4 : 18 }, (_, index) => card(isCalm ? 2 * index + 6 : index)),
    outages: isCalm ? [] : [
      { topic: "teams", text: "Teams sem aceitar cartões: não respondia", since: world.at - 22 * MINUTE, until: null },
      { topic: "api", text: "PVOperation sem resposta: sem resposta no tempo em 24 de 45 chamadas", since: world.at - 6.4 * HOUR, until: world.at - 5.1 * HOUR },
      { topic: "down", text: "Monitor parado: atualização para 1.0.0", since: world.at - 12 * DAY - 4.1 * HOUR, until: world.at - 12 * DAY - 4 * HOUR },
    ],
    settings: [
      { name: "PVOP_TOKEN", value: "••••••••", about: "Senha da PVOperation.", isDefault: false },
      { name: "WEB_ENABLED", value: "True", about: "Serve a página.", isDefault: false },
      { name: "WEB_PORT", value: "8787", about: "Porta da página.", isDefault: true },
      { name: "TIMEZONE", value: ZONE, about: "Fuso em que os operadores leem as horas.", isDefault: false },
    ],
    mutes: [...mutes], missing: null,
  });
}

export function cannedAction(text: string): unknown {
  return valid(actionAnswer, { ok: true, text });
}

/** A canned answer that the schema would refuse proves nothing. */
function valid<S extends z.ZodType>(schema: S, value: z.input<S>): z.output<S> {
  return schema.parse(value);
}
