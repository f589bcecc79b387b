// File → state, through a schema: what does not fit is no state of ours.
import { z } from "zod";
import { weekNamed } from "../domain/iso-week.ts";
import type { MonitorState } from "../domain/monitor-state.ts";
import { newPlant, type InverterState, type PlantState, type RelayAlert, type RelayState } from "../domain/plant.ts";
import { byKey, placeOf } from "./by-key.ts";
import { SCHEMA_VERSION } from "./encode-state.ts";
import { epoch, notificationSchema } from "./notification-schema.ts";

z.config({ jitless: true }); // no code made from text at run time

const time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)).pipe(epoch);
const id = z.string();
/** `2025-W48` */
const weekName = z.string().refine((name) => weekNamed(name, "UTC") !== null);
/** `plant:device`, `plant:device:type` */
const path = z.string().includes(":");
const perKind = <T extends z.ZodType>(value: T): z.ZodObject<{ relay: T; inverter: T }> => z.object({ relay: value, inverter: value });
const trouble = z.object({ since: epoch, detail: z.string(), told: z.boolean() }).nullable();

const inverterSchema = z.object({
  ativa: z.boolean(),
  seq_zero: z.number().int().min(0),
  rec_seq: z.number().int().min(0),
  seq_desde: time.nullable(),
  alerta: z.object({ incidente: z.string(), inicio: time, ultima: time }).nullable(),
  marca: time,
  ultima_na_janela: time.nullable(),
  intervalos_s: z.array(z.number()),
  falhas_recentes: z.array(time),
}).transform((stored): InverterState => {
  const since = stored.seq_desde;
  const sign = stored.seq_zero > 0 ? "zero" : "positive";
  const count = Math.max(stored.seq_zero, stored.rec_seq);
  return {
    mark: stored.marca,
    lastInWindow: stored.ultima_na_janela,
    intervalsS: stored.intervalos_s,
    run: since === null || count === 0 ? null : { sign, count, since },
    failure: stored.alerta === null ? null : { incidentId: stored.alerta.incidente, first: stored.alerta.inicio, last: stored.alerta.ultima },
    recentFailures: stored.falhas_recentes,
  };
});

const plantSchema = z.object({
  id,
  name: z.string(),
  capacityKwp: z.number().nullable(),
  missingSince: epoch.nullable(),
  relay: z.object({ beginsAfter: epoch.nullable() }),
  inverter: z.object({ beginsAfter: epoch.nullable(), passOverUntil: epoch.nullable(), unwatchedSince: epoch.nullable(), releasedAt: epoch.nullable() }),
  deviceList: z.object({
    askedAt: epoch.nullable(),
    withoutRelay: z.object({ first: epoch, latest: epoch }).nullable(),
    hasRelay: z.boolean(),
    names: z.array(z.tuple([z.string(), z.string()])).transform((names) => new Map(names)),
  }),
  gone: z.array(z.object({ device: z.string().nullable(), kind: z.enum(["relay", "inverter"]).nullable(), type: z.string().nullable(), at: epoch })),
});

const fileSchema = z.object({
  schema_version: z.literal(SCHEMA_VERSION),
  ultima_varredura_rele: time.nullable(),
  ultima_varredura_inversor: time.nullable(),
  ultima_varredura_rele_por_usina: byKey(id, time),
  ultima_varredura_inversor_por_usina: byKey(id, time),
  rele_alertas_ativos: z.array(path),
  rele_alerta_chave: byKey(path, z.object({ incidente: z.string(), parametros: z.array(z.string()), inicio: time, ultima: time })),
  reles: byKey(path, z.object({ marca: time, falhas_recentes: z.array(time) })),
  estado_inversores: byKey(path, inverterSchema),
  usinas: z.array(plantSchema),
  pending_notifications: z.array(notificationSchema),
  digests: z.array(z.object({
    notificationIds: z.tuple([z.string()], z.string()), activeIncidents: z.array(z.string()), composedAt: epoch,
    pagesAccepted: z.number().int().min(1), isPlain: z.boolean(),
  })),
  monitor: z.object({
    nextNotification: z.number().int().min(1).max(1e15), api: trouble, apiBackAt: epoch.nullable(), noData: trouble,
    teams: z.object({ since: epoch, reason: z.string(), goneStatus: z.number().int().nullable() }).nullable(),
    takenOverUntil: perKind(epoch.nullable()), oldNews: perKind(z.number().int().min(0)),
    // Absent in files of 1.0. A 1.0 that reads this one passes it over, but not a `mute-ended` or `weekly-report` that is still to be sent: it begins anew.
    mutes: z.array(z.object({ id, plantId: id, device: id.nullable(), since: epoch, until: epoch, reason: z.string(), by: z.string() })).default([]),
    mailsOwed: z.array(z.object({ week: weekName, since: epoch })).catch([]),
    lastReport: weekName.nullable().catch(null), // not in files of 1.0.0; an odd one, and the monitor looks anew
  }),
});
type StateFile = z.infer<typeof fileSchema>;

export type Decoded = { readonly ok: true; readonly state: MonitorState } | { readonly ok: false; readonly reason: string };

export function decodeState(json: unknown): Decoded {
  const version = z.object({ schema_version: z.unknown() }).safeParse(json).data?.schema_version;
  if (typeof version === "number" && version > SCHEMA_VERSION) {
    return { ok: false, reason: `escrito por uma versão mais nova do pvmonitor (schema_version ${String(version)})` };
  }
  const parsed = fileSchema.safeParse(json);
  if (parsed.success) return { ok: true, state: stateOf(parsed.data) };
  return { ok: false, reason: `não tem a forma de um estado (em ${placeOf(parsed.error.issues[0])})` };
}

function stateOf(file: StateFile): MonitorState {
  const plants = new Map<string, PlantState>();
  for (const { id, name, capacityKwp, relay, inverter, ...rest } of file.usinas) {
    plants.set(id, {
      ...rest,
      info: { id, name, capacityKwp },
      relay: { ...relay, lastScan: file.ultima_varredura_rele_por_usina.get(id) ?? null, devices: new Map() },
      inverter: { ...inverter, lastScan: file.ultima_varredura_inversor_por_usina.get(id) ?? null, devices: new Map() },
    });
  }
  addRelays(plants, file);
  for (const [plantId, inverters] of groupByPlant(file.estado_inversores)) {
    const plant = plants.get(plantId) ?? newPlant({ id: plantId, name: `Usina ${plantId}`, capacityKwp: null });
    plants.set(plantId, { ...plant, inverter: { ...plant.inverter, devices: new Map(inverters) } });
  }
  return {
    plants,
    outbox: file.pending_notifications,
    digests: new Map(file.digests.map((progress) => [progress.notificationIds[0], progress])),
    monitor: { ...file.monitor, lastCycle: { relay: file.ultima_varredura_rele, inverter: file.ultima_varredura_inversor } },
  };
}

function addRelays(plants: Map<string, PlantState>, file: StateFile): void {
  const alerts = Map.groupBy(file.rele_alerta_chave, ([key]) => key.slice(0, key.lastIndexOf(":")));
  for (const [plantId, relays] of groupByPlant(file.reles)) {
    const plant = plants.get(plantId) ?? newPlant({ id: plantId, name: `Usina ${plantId}`, capacityKwp: null });
    const devices = new Map(relays.map(([device, { marca, falhas_recentes }]): [string, RelayState] => {
      const own = (alerts.get(`${plantId}:${device}`) ?? []).map(([key, stored]): [string, RelayAlert] => {
        const type = key.slice(key.lastIndexOf(":") + 1);
        return [type, { incidentId: stored.incidente, type, parameters: stored.parametros, first: stored.inicio, last: stored.ultima }];
      });
      return [device, { mark: marca, alerts: new Map(own), recentFailures: falhas_recentes }];
    }));
    plants.set(plantId, { ...plant, relay: { ...plant.relay, devices } });
  }
}

/** Entries by `plant:device` as lists of `[device, entry]` a plant; a device's id may hold colons, a plant's never does. */
function groupByPlant<T>(entries: Iterable<readonly [string, T]>): Map<string, [string, T][]> {
  const grouped = new Map<string, [string, T][]>();
  for (const [key, value] of entries) {
    const colon = key.indexOf(":");
    const plantId = key.slice(0, colon);
    const list = grouped.get(plantId) ?? [];
    list.push([key.slice(colon + 1), value]);
    grouped.set(plantId, list);
  }
  return grouped;
}
