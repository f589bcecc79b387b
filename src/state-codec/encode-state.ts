// State → file. A plant's part is encoded once for each value of it, so that a commit costs what changed, not what there is.
import { setImmediate as nextTurn } from "node:timers/promises";
import { isoWithOffset, MINUTE_MS, SECOND_MS, type EpochMs } from "../domain/local-time.ts";
import type { MonitorState } from "../domain/monitor-state.ts";
import { activeAlerts, type DeviceList, type InverterState, type PlantState, type Run } from "../domain/plant.ts";

export const SCHEMA_VERSION = 2;

/** The sections of the file that hold entries of every plant, in their order. Their names are the predecessor's where it had them. */
const SECTIONS = [
  "ultima_varredura_rele_por_usina", "ultima_varredura_inversor_por_usina", "rele_alertas_ativos", "rele_alerta_chave",
  "reles", "estado_inversores", "usinas",
] as const;
type Section = (typeof SECTIONS)[number];
/** Plants are a list: keys that look like numbers would come back in the order of the numbers, not of the scans. */
const LISTS: ReadonlySet<Section> = new Set(["rele_alertas_ativos", "usinas"]);

type Parts = Readonly<Record<Section, string>>;
/** So many plants are encoded within one turn of the event loop: after a start all 200 are new, which would hold it for 50 ms. */
const PLANTS_PER_TURN = 20;

/** Encodes with times as wall clock of `zone` and its offset. */
export function createEncoder(zone: string): (state: MonitorState) => Promise<string> {
  const iso = timeWriter(zone);
  const encodeList = once((list: DeviceList) => JSON.stringify({ ...list, names: [...list.names] }));
  const known = new WeakMap<PlantState, Parts>();

  async function partsOf(plants: Iterable<PlantState>): Promise<Parts[]> {
    const all: Parts[] = [];
    let fresh = 0;
    for (const plant of plants) {
      let parts = known.get(plant);
      if (parts === undefined) {
        fresh += 1;
        if (fresh % PLANTS_PER_TURN === 0) await nextTurn();
        parts = encodePlant(plant, iso, encodeList);
        known.set(plant, parts);
      }
      all.push(parts);
    }
    return all;
  }

  return async (state) => fileText(state, await partsOf(state.plants.values()), iso);
}

export interface RowEncoder {
  /** What the file holds of this plant: its seven sections with the entries of this one alone. */
  plant(plant: PlantState): string;
  /** The file without plants and outbox. */
  rest(state: MonitorState): string;
}

/** The same text, cut so that a database keeps a plant a row. */
export function createRowEncoder(zone: string): RowEncoder {
  const iso = timeWriter(zone);
  const encodeList = (list: DeviceList): string => JSON.stringify({ ...list, names: [...list.names] });
  return {
    plant: (plant) => {
      const parts = encodePlant(plant, iso, encodeList);
      return `{${SECTIONS.map((name) => sectionText(name, [parts])).join(",")}}`;
    },
    rest: (state) => fileText({ ...state, outbox: [] }, [], iso),
  };
}

function sectionText(name: Section, plants: readonly Parts[]): string {
  const entries = plants.map((part) => part[name]).filter((text) => text !== "").join(",\n");
  return LISTS.has(name) ? `"${name}":[${entries}]` : `"${name}":{${entries}}`;
}

function fileText(state: MonitorState, plants: readonly Parts[], iso: TimeWriter): string {
  const time = (at: EpochMs | null): string => JSON.stringify(at === null ? null : iso(at));
  const { lastCycle, ...monitor } = state.monitor;
  return `{${[
    `"schema_version":${String(SCHEMA_VERSION)}`,
    `"ultima_varredura_rele":${time(lastCycle.relay)}`,
    `"ultima_varredura_inversor":${time(lastCycle.inverter)}`,
    ...SECTIONS.map((name) => sectionText(name, plants)),
    `"pending_notifications":[${state.outbox.map((entry) => JSON.stringify(entry)).join(",\n")}]`,
    `"digests":${JSON.stringify([...state.digests.values()])}`,
    `"monitor":${JSON.stringify(monitor)}`,
  ].join(",\n")}}\n`;
}

/** The same for each value of it: values are never changed in place. */
function once<V extends object, T>(make: (value: V) => T): (value: V) => T {
  const made = new WeakMap<V, T>();
  return (value) => {
    const known = made.get(value) ?? make(value);
    made.set(value, known);
    return known;
  };
}

type TimeWriter = (at: EpochMs) => string;

const MOST_MINUTES = 20_000;

/** `isoWithOffset` of one zone. Thousands of inverters report within the same minutes: the calendar is asked once for each of these. */
function timeWriter(zone: string): TimeWriter {
  const minutes = new Map<number, { readonly before: string; readonly after: string }>();
  return (at) => {
    const second = (at % MINUTE_MS) / SECOND_MS;
    if (!Number.isInteger(second) || second < 0) return isoWithOffset(at, zone);
    const minute = Math.floor(at / MINUTE_MS);
    let text = minutes.get(minute);
    if (text === undefined) {
      const whole = isoWithOffset(minute * MINUTE_MS, zone); // 2025-12-01T10:15:00-03:00
      text = { before: whole.slice(0, 17), after: whole.slice(19) };
      if (minutes.size >= MOST_MINUTES) minutes.clear();
      minutes.set(minute, text);
    }
    return `${text.before}${second < 10 ? "0" : ""}${second}${text.after}`;
  };
}

function encodePlant(plant: PlantState, iso: TimeWriter, encodeList: (list: DeviceList) => string): Parts {
  const { info, relay, inverter, missingSince, deviceList, gone } = plant;
  const time = (at: EpochMs | null): string | null => (at === null ? null : iso(at));
  // No key is a whole number, which would change its place: each holds a colon, or is alone.
  const members = (entries: [string, unknown][]): string => JSON.stringify(Object.fromEntries(entries)).slice(1, -1);
  const key = (device: string): string => `${info.id}:${device}`;
  const alerts = activeAlerts(plant);
  const { beginsAfter, passOverUntil, unwatchedSince, releasedAt } = inverter;
  return {
    ultima_varredura_rele_por_usina: relay.lastScan === null ? "" : members([[info.id, time(relay.lastScan)]]),
    ultima_varredura_inversor_por_usina: inverter.lastScan === null ? "" : members([[info.id, time(inverter.lastScan)]]),
    rele_alertas_ativos: alerts.map(({ device, alert }) => JSON.stringify(key(`${device}:${alert.type}`))).join(","),
    rele_alerta_chave: members(alerts.map(({ device, alert }) => [key(`${device}:${alert.type}`), {
      incidente: alert.incidentId, parametros: alert.parameters, inicio: time(alert.first), ultima: time(alert.last),
    }])),
    reles: members([...relay.devices].map(([id, { mark, recentFailures }]) => [key(id), { marca: time(mark), falhas_recentes: recentFailures.map(time) }])),
    estado_inversores: [...inverter.devices].map(([id, device]) => `${JSON.stringify(key(id))}:${encodeInverter(device, iso)}`).join(","),
    usinas: `${JSON.stringify({
      id: info.id, name: info.name, capacityKwp: info.capacityKwp, missingSince,
      relay: { beginsAfter: relay.beginsAfter }, inverter: { beginsAfter, passOverUntil, unwatchedSince, releasedAt }, gone,
    }).slice(0, -1)},"deviceList":${encodeList(deviceList)}}`,
  };
}

/** Written by hand: there are thousands of them, and JSON.stringify takes twice as long. A time needs no escapes. */
function encodeInverter({ mark, lastInWindow, intervalsS, run, failure, recentFailures }: InverterState, iso: TimeWriter): string {
  const time = (at: EpochMs | null): string => (at === null ? "null" : `"${iso(at)}"`);
  const count = (sign: Run["sign"]): string => String(run?.sign === sign ? run.count : 0);
  const marked = time(mark);
  const alert = failure === null ? "null"
    : `{"incidente":${JSON.stringify(failure.incidentId)},"inicio":${time(failure.first)},"ultima":${time(failure.last)}}`;
  return `{"ativa":${String(failure !== null)},"seq_zero":${count("zero")},"rec_seq":${count("positive")},"seq_desde":${time(run?.since ?? null)}`
    + `,"alerta":${alert},"marca":${marked},"ultima_na_janela":${lastInWindow === mark ? marked : time(lastInWindow)}`
    + `,"intervalos_s":${JSON.stringify(intervalsS)},"falhas_recentes":[${recentFailures.map(time).join(",")}]}`;
}
