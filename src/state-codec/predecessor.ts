// Takes over the state file of the Python monitor (schema 1, or older without a version): active alerts stay active and are
// not told again, what never reached anyone is owed, unfinished runs are left behind.
import { z } from "zod";
import { incidentId } from "../domain/incident-id.ts";
import { MINUTE_MS, parseWallClock, type EpochMs } from "../domain/local-time.ts";
import { emptyState, owe, type MonitorState } from "../domain/monitor-state.ts";
import type { DeviceEvent, Notice } from "../domain/notification.ts";
import { parsePowerKw } from "../domain/power.ts";
import { planNotices } from "../domain/plan-notices.ts";
import { newPlant, type DeviceKind, type PlantState } from "../domain/plant.ts";
import { byKey, placeOf } from "./by-key.ts";
import { epoch } from "./notification-schema.ts";

/** Marks begin this long before the predecessor's last scan: what it fetched may not have been all that there was. */
const MARGIN_MS = 15 * MINUTE_MS;

const text = z.union([z.string(), z.number()]).transform(String);
const loose = <T extends z.ZodType>(schema: T): z.ZodOptional<z.ZodNullable<T>> => schema.nullable().optional();
const looseByKey = <T extends z.ZodType>(schema: T): z.ZodOptional<z.ZodNullable<z.ZodPreprocess<z.ZodMap<z.ZodString, T>>>> => loose(byKey(z.string(), schema));

const relayAlert = z.looseObject({ usina: loose(text), capacidade: loose(text), rele: loose(text), tipo: loose(text), horario: loose(text), ts_iso: loose(text), parametros: loose(z.union([text, z.array(text)])) });
const inverterAlert = z.looseObject({ usina: loose(text), capacidade: loose(text), inversor: loose(text), horario: loose(text), ts_iso: loose(text) });
const inverterState = z.looseObject({ ativa: loose(z.boolean()), alerta: loose(inverterAlert), notificado: loose(z.boolean()) });

const fileSchema = z.looseObject({
  schema_version: loose(z.literal(1)),
  ultima_varredura_rele: loose(z.string()),
  ultima_varredura_inversor: loose(z.string()),
  ultima_varredura_rele_por_usina: looseByKey(z.string().nullable()),
  ultima_varredura_inversor_por_usina: looseByKey(z.string().nullable()),
  rele_alertas_ativos: loose(z.array(z.string())),
  rele_notificados: loose(z.array(z.string())),
  rele_alerta_chave: looseByKey(relayAlert),
  estado_inversores: looseByKey(inverterState),
  falhas_ativas_por_inv: looseByKey(z.union([z.boolean().transform((ativa) => ({ ativa })), inverterState])),
  inversores_ativos: looseByKey(inverterAlert),
  inv_notificados: loose(z.array(z.string())),
  pending_notifications: loose(z.looseObject({
    rele_normalizados: looseByKey(z.array(relayAlert)),
    inv_normalizados: looseByKey(z.looseObject({ alerta: loose(inverterAlert), alerta_prev: loose(inverterAlert) })),
  })),
});
type PredecessorFile = z.infer<typeof fileSchema>;
type Alert = z.infer<typeof inverterAlert>;

/** Keys of which a predecessor's file has at least one: any other object is no state at all. */
const KNOWN_KEYS = ["rele_alertas_ativos", "estado_inversores", "falhas_ativas_por_inv", "ultima_varredura_rele", "ultima_varredura_inversor", "pending_notifications"];

export function isPredecessorFile(json: unknown): boolean {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return false;
  const version = "schema_version" in json ? json.schema_version : null;
  return (version === null || version === 1) && KNOWN_KEYS.some((key) => key in json);
}

export type TakenOver = { readonly ok: true; readonly state: MonitorState } | { readonly ok: false; readonly reason: string };

/** `zone` is that of the file's local times. */
export function takeOver(json: unknown, zone: string, now: EpochMs): TakenOver {
  const parsed = fileSchema.safeParse(json);
  if (!parsed.success) return { ok: false, reason: `estado do monitor anterior com forma inesperada (em ${placeOf(parsed.error.issues[0])})` };
  const file = parsed.data;
  const plants = new PlantsTakenOver(file, zone, now);
  const told = new Set(file.rele_notificados ?? file.rele_alertas_ativos ?? []);
  for (const key of file.rele_alertas_ativos ?? []) plants.addRelayAlert(key, file.rele_alerta_chave?.get(key) ?? {}, told.has(key));
  for (const [key, inverter] of invertersOf(file)) plants.addInverter(key, inverter);
  for (const [plantId, items] of file.pending_notifications?.rele_normalizados ?? []) {
    for (const item of items) plants.addRelayNormalization(plantId, item);
  }
  for (const [key, { alerta, alerta_prev }] of file.pending_notifications?.inv_normalizados ?? []) {
    plants.addInverterNormalization(key, alerta ?? {}, alerta_prev ?? {});
  }
  return { ok: true, state: plants.state() };
}

interface Inverter { readonly isFailed: boolean; readonly alert: Alert; readonly isTold: boolean }

/** Older keys are `plant_inverter`. */
function withColon(key: string): string {
  return key.includes(":") ? key : key.replace("_", ":");
}

/** One shape for both generations of the file; keys become `plant:inverter`. */
function invertersOf(file: PredecessorFile): [string, Inverter][] {
  const newer = [...(file.estado_inversores ?? [])].map(([key, { ativa, alerta, notificado }]): [string, Inverter] =>
    [withColon(key), { isFailed: ativa ?? false, alert: alerta ?? {}, isTold: notificado ?? true }]);
  if (file.estado_inversores != null) return newer;
  const told = file.inv_notificados == null ? null : new Set(file.inv_notificados.map(withColon));
  const alerts = new Map([...(file.inversores_ativos ?? [])].map(([key, alert]) => [withColon(key), alert]));
  const states = new Map([...(file.falhas_ativas_por_inv ?? [])].map(([key, { ativa }]) => [withColon(key), ativa ?? false]));
  return [...new Set([...states.keys(), ...alerts.keys()])].map((key) =>
    [key, { isFailed: states.get(key) ?? alerts.has(key), alert: alerts.get(key) ?? {}, isTold: told?.has(key) ?? true }]);
}

/** The plants as they come together from the file's lists. */
class PlantsTakenOver {
  readonly #file: PredecessorFile;
  readonly #zone: string;
  readonly #now: EpochMs;
  readonly #plants = new Map<string, PlantState>();
  readonly #events: { readonly plantId: string; readonly event: DeviceEvent }[] = [];

  constructor(file: PredecessorFile, zone: string, now: EpochMs) {
    this.#file = file;
    this.#zone = zone;
    this.#now = now;
    for (const byPlant of [file.ultima_varredura_rele_por_usina, file.ultima_varredura_inversor_por_usina]) {
      for (const plantId of byPlant?.keys() ?? []) this.#plant(plantId, {});
    }
  }

  addRelayAlert(key: string, details: z.infer<typeof relayAlert>, isTold: boolean): void {
    const named = splitKey(key);
    if (named === null || named.type === "") return;
    const { plantId, device, type } = named;
    const plant = this.#plant(plantId, details);
    const first = this.#timeOf(details) ?? plant.relay.lastScan ?? this.#now;
    const parameters = parametersOf(details.parametros);
    const alert = { incidentId: incidentId(plantId, device, type, first), type, parameters, first, last: first };
    const known = plant.relay.devices.get(device);
    const mark = Math.max(plant.relay.beginsAfter ?? first, first, known?.mark ?? first);
    const devices = new Map(plant.relay.devices).set(device, { mark, alerts: new Map(known?.alerts).set(type, alert), recentFailures: [] });
    this.#plants.set(plantId, { ...plant, relay: { ...plant.relay, devices } });
    if (!isTold) this.#owe(plantId, "relay", "failure", device, type, { id: alert.incidentId, first, last: first, end: null, parameters, nth: 1 });
  }

  addInverter(key: string, { isFailed, alert, isTold }: Inverter): void {
    const named = splitKey(`${key}:`);
    if (named === null) return;
    const { plantId, device } = named;
    const plant = this.#plant(plantId, alert);
    const first = this.#timeOf(alert) ?? plant.inverter.lastScan ?? this.#now;
    const id = incidentId(plantId, device, null, first);
    const begins = plant.inverter.beginsAfter ?? (isFailed ? first : this.#now - MARGIN_MS);
    const devices = new Map(plant.inverter.devices).set(device, {
      mark: isFailed ? Math.max(begins, first) : begins,
      lastInWindow: null, intervalsS: [], run: null, recentFailures: [],
      failure: isFailed ? { incidentId: id, first, last: first } : null,
    });
    this.#plants.set(plantId, { ...plant, inverter: { ...plant.inverter, devices } });
    if (isFailed && !isTold) this.#owe(plantId, "inverter", "failure", device, null, { id, first, last: first, end: null, parameters: [], nth: 1 });
  }

  addRelayNormalization(plantId: string, item: z.infer<typeof relayAlert>): void {
    const device = item.rele ?? "";
    const type = item.tipo ?? "OUTROS";
    const plant = this.#plant(plantId, item);
    const first = this.#timeOf(item) ?? plant.relay.lastScan ?? this.#now;
    const end = Math.max(first, plant.relay.lastScan ?? first);
    this.#owe(plantId, "relay", "normal", device, type, { id: incidentId(plantId, device, type, first), first, last: first, end, parameters: parametersOf(item.parametros), nth: 1 });
  }

  addInverterNormalization(key: string, alert: Alert, previous: Alert): void {
    const named = splitKey(`${withColon(key)}:`);
    if (named === null) return;
    const { plantId, device } = named;
    const plant = this.#plant(plantId, previous);
    const end = this.#timeOf(alert) ?? plant.inverter.lastScan ?? this.#now;
    const first = Math.min(end, this.#timeOf(previous) ?? end);
    this.#owe(plantId, "inverter", "normal", device, null, { id: incidentId(plantId, device, null, first), first, last: first, end, parameters: [], nth: 1 });
  }

  state(): MonitorState {
    const { ultima_varredura_rele: relay, ultima_varredura_inversor: inverter } = this.#file;
    const lastCycle = { relay: this.#parse(relay), inverter: this.#parse(inverter) };
    const until = (at: EpochMs | null): EpochMs | null => (at === null ? null : at - MARGIN_MS);
    const monitor = { ...emptyState.monitor, lastCycle, takenOverUntil: { relay: until(lastCycle.relay), inverter: until(lastCycle.inverter) } };
    const notices = [...Map.groupBy(this.#events, ({ plantId }) => plantId)].flatMap(([plantId, owed]) => this.#noticesOf(plantId, owed.map(({ event }) => event)));
    return owe({ ...emptyState, plants: this.#plants, monitor }, notices, this.#now);
  }

  #noticesOf(plantId: string, events: readonly DeviceEvent[]): Notice[] {
    const state = this.#plant(plantId, {});
    const context = { plant: { ...state.info, zone: this.#zone }, state, now: this.#now, relayUnasked: false };
    return (["relay", "inverter"] as const).flatMap((subject) => planNotices(subject, events.filter((event) => event.subject === subject), context));
  }

  /** The plant as it stands; made on first mention, with its devices beginning where the predecessor left off. */
  #plant(id: string, { usina, capacidade }: { readonly usina?: string | null | undefined; readonly capacidade?: string | null | undefined }): PlantState {
    const made = newPlant({ id, name: `Usina ${id}`, capacityKwp: null });
    const lastScan: Record<DeviceKind, EpochMs | null> = {
      relay: this.#parse(this.#file.ultima_varredura_rele_por_usina?.get(id) ?? this.#file.ultima_varredura_rele),
      inverter: this.#parse(this.#file.ultima_varredura_inversor_por_usina?.get(id) ?? this.#file.ultima_varredura_inversor),
    };
    const begins = (kind: DeviceKind): EpochMs | null => (lastScan[kind] === null ? null : lastScan[kind] - MARGIN_MS);
    const known = this.#plants.get(id) ?? {
      ...made,
      relay: { ...made.relay, lastScan: lastScan.relay, beginsAfter: begins("relay") },
      inverter: { ...made.inverter, lastScan: lastScan.inverter, beginsAfter: begins("inverter") },
    };
    const info = { id, name: usina ?? known.info.name, capacityKwp: parsePowerKw(capacidade) ?? known.info.capacityKwp };
    const plant = { ...known, info };
    this.#plants.set(id, plant);
    return plant;
  }

  #owe(plantId: string, subject: DeviceKind, kind: DeviceEvent["kind"], device: string, type: string | null, incident: DeviceEvent["incident"]): void {
    this.#events.push({ plantId, event: { kind, subject, device, type, reading: incident.end ?? incident.first, incident } });
  }

  #timeOf({ ts_iso, horario }: Alert): EpochMs | null {
    const [, day, month, year, clock] = /^(\d{2})\/(\d{2})\/(\d{4}) (\d{2}:\d{2}(?::\d{2})?)$/.exec(horario ?? "") ?? [];
    return this.#parse(ts_iso) ?? (day === undefined ? null : this.#parse(`${year ?? ""}-${month ?? ""}-${day} ${clock ?? ""}`));
  }

  #parse(wallClock: string | null | undefined): EpochMs | null {
    // One that could not be written and read again is none.
    return wallClock == null ? null : epoch.safeParse(parseWallClock(wallClock, this.#zone)).data ?? null;
  }
}

/** `plant:relay:TYPE`; the relay's id may hold colons. Null where it names no device. */
function splitKey(key: string): { plantId: string; device: string; type: string } | null {
  const [, plantId, device, type] = /^([^:]+):(.+):([^:]*)$/s.exec(key) ?? [];
  return plantId === undefined || device === undefined || type === undefined ? null : { plantId, device, type };
}

function parametersOf(stored: string | readonly string[] | null | undefined): string[] {
  const names = typeof stored === "string" ? stored.split(/[,;]/) : stored ?? [];
  return names.map((name) => name.trim()).filter((name) => name !== "");
}
