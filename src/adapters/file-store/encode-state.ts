// State → file. A plant's part is encoded once for each value of it, so that a commit costs what changed, not what there is.
import { isoWithOffset, MINUTE_MS, SECOND_MS, type EpochMs } from "../../domain/local-time.ts";
import type { MonitorState } from "../../domain/monitor-state.ts";
import { activeAlerts, type InverterState, type PlantState } from "../../domain/plant.ts";

export const SCHEMA_VERSION = 2;

/** The sections of the file that hold entries of every plant, in their order. Their names are the predecessor's where it had them. */
const SECTIONS = [
  "ultima_varredura_rele_por_usina", "ultima_varredura_inversor_por_usina", "rele_alertas_ativos", "rele_alerta_chave",
  "reles", "estado_inversores", "usinas",
] as const;
type Section = (typeof SECTIONS)[number];
/** Plants are a list: keys that look like numbers would come back in the order of the numbers, not of the scans. */
const LISTS: ReadonlySet<Section> = new Set(["rele_alertas_ativos", "usinas"]);

/** Encodes with times as wall clock of `zone` and its offset. */
export function createEncoder(zone: string): (state: MonitorState) => string {
  const parts = new WeakMap<PlantState, Readonly<Record<Section, string>>>();
  const iso = timeWriter(zone);
  return (state) => {
    const plants = [...state.plants.values()].map((plant) => {
      const known = parts.get(plant) ?? encodePlant(plant, iso);
      parts.set(plant, known);
      return known;
    });
    const time = (at: EpochMs | null): string => JSON.stringify(at === null ? null : iso(at));
    const section = (name: Section): string => {
      const entries = plants.map((part) => part[name]).filter((text) => text !== "").join(",\n");
      return LISTS.has(name) ? `"${name}":[${entries}]` : `"${name}":{${entries}}`;
    };
    const { lastCycle, ...monitor } = state.monitor;
    return `{${[
      `"schema_version":${String(SCHEMA_VERSION)}`,
      `"ultima_varredura_rele":${time(lastCycle.relay)}`,
      `"ultima_varredura_inversor":${time(lastCycle.inverter)}`,
      ...SECTIONS.map(section),
      `"pending_notifications":[${state.outbox.map((entry) => JSON.stringify(entry)).join(",\n")}]`,
      `"digests":${JSON.stringify([...state.digests].map(([lane, progress]) => ({ lane, ...progress })))}`,
      `"monitor":${JSON.stringify(monitor)}`,
    ].join(",\n")}}\n`;
  };
}

type TimeWriter = (at: EpochMs) => string;

const MOST_MINUTES = 20_000;

/** `isoWithOffset` of one zone. Thousands of inverters report within the same minutes: the calendar is asked once for each of these. */
function timeWriter(zone: string): TimeWriter {
  const minutes = new Map<EpochMs, { readonly before: string; readonly after: string }>();
  return (at) => {
    const ms = at % MINUTE_MS;
    if (ms < 0 || ms % SECOND_MS !== 0) return isoWithOffset(at, zone);
    let minute = minutes.get(at - ms);
    if (minute === undefined) {
      const text = isoWithOffset(at - ms, zone); // 2025-12-01T10:15:00-03:00
      minute = { before: text.slice(0, 17), after: text.slice(19) };
      if (minutes.size >= MOST_MINUTES) minutes.clear();
      minutes.set(at - ms, minute);
    }
    return minute.before + String(ms / SECOND_MS).padStart(2, "0") + minute.after;
  };
}

function encodePlant(plant: PlantState, iso: TimeWriter): Record<Section, string> {
  const { info, relay, inverter, missingSince, deviceList, gone } = plant;
  const time = (at: EpochMs | null): string | null => (at === null ? null : iso(at));
  // No key is a whole number, which would change its place: each holds a colon, or is alone.
  const members = (entries: [string, unknown][]): string => JSON.stringify(Object.fromEntries(entries)).slice(1, -1);
  const key = (...rest: string[]): string => [info.id, ...rest].join(":");
  const alerts = activeAlerts(plant);
  const { beginsAfter, passOverUntil, unwatchedSince, releasedAt } = inverter;
  return {
    ultima_varredura_rele_por_usina: relay.lastScan === null ? "" : members([[info.id, time(relay.lastScan)]]),
    ultima_varredura_inversor_por_usina: inverter.lastScan === null ? "" : members([[info.id, time(inverter.lastScan)]]),
    rele_alertas_ativos: alerts.map(({ device, alert }) => JSON.stringify(key(device, alert.type))).join(","),
    rele_alerta_chave: members(alerts.map(({ device, alert }) => [key(device, alert.type), {
      incidente: alert.incidentId, parametros: alert.parameters, inicio: time(alert.first), ultima: time(alert.last),
    }])),
    reles: members([...relay.devices].map(([id, { mark, recentFailures }]) => [key(id), { marca: time(mark), falhas_recentes: recentFailures.map(time) }])),
    estado_inversores: members([...inverter.devices].map(([id, device]) => [key(id), encodeInverter(device, time)])),
    usinas: JSON.stringify({
      id: info.id, name: info.name, capacityKwp: info.capacityKwp, missingSince,
      relay: { beginsAfter: relay.beginsAfter }, inverter: { beginsAfter, passOverUntil, unwatchedSince, releasedAt },
      deviceList: { ...deviceList, names: [...deviceList.names] }, gone,
    }),
  };
}

function encodeInverter({ mark, lastInWindow, intervalsS, run, failure, recentFailures }: InverterState, time: (at: EpochMs | null) => string | null): unknown {
  return {
    ativa: failure !== null,
    seq_zero: run?.sign === "zero" ? run.count : 0,
    rec_seq: run?.sign === "positive" ? run.count : 0,
    seq_desde: time(run?.since ?? null),
    alerta: failure === null ? null : { incidente: failure.incidentId, inicio: time(failure.first), ultima: time(failure.last) },
    marca: time(mark),
    ultima_na_janela: time(lastInWindow),
    intervalos_s: intervalsS,
    falhas_recentes: recentFailures.map(time),
  };
}
