// State → file. A plant's part is encoded once for each value of it, so that a commit costs what changed, not what there is.
import { setImmediate as nextTurn } from "node:timers/promises";
import { isoWithOffset, MINUTE_MS, SECOND_MS, type EpochMs } from "../domain/local-time.ts";
import type { MonitorState } from "../domain/monitor-state.ts";
import type { Notification } from "../domain/notification.ts";
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

/** What the file holds of a plant: its sections one after another, and where each of them ends. Bytes, not text: nothing is left for the next save but to copy them. */
interface PlantBytes {
  readonly bytes: Uint8Array;
  readonly ends: readonly number[];
}

/** So many devices and cards are encoded within one turn of the event loop: after a start all are new, and 100,000 inverters take a second. */
const FRESH_PER_TURN = 400;
/** The file is handed out in parts of at most this size, or of one plant's section where that is larger. Node writes no more at once. */
const PART_BYTES = 512 * 1024;

/** The parts of a file, in order. Each is whole characters, and holds only until the next one is asked for: they share their memory. */
export type Encode = (state: MonitorState) => Promise<Iterable<Uint8Array>>;

/** Encodes with times as wall clock of `zone` and its offset. */
export function createEncoder(zone: string, partBytes = PART_BYTES): Encode {
  const iso = timeWriter(zone);
  const lists = once((list: DeviceList) => JSON.stringify({ ...list, names: [...list.names] }));
  const plantBytes = once((plant: PlantState) => joined(encodePlant(plant, iso, (list) => lists.of(list))));
  const noticeBytes = once((entry: Notification) => Buffer.from(JSON.stringify(entry)));

  return async (state) => {
    let fresh = 0;
    const makeRoom = async (more: number): Promise<void> => {
      fresh += more;
      if (fresh < FRESH_PER_TURN) return;
      fresh = 0;
      await nextTurn();
    };
    const plants: PlantBytes[] = [];
    for (const plant of state.plants.values()) {
      if (!plantBytes.knows(plant)) await makeRoom(1 + plant.inverter.devices.size);
      plants.push(plantBytes.of(plant));
    }
    const notices: Uint8Array[] = [];
    for (const entry of state.outbox) {
      if (!noticeBytes.knows(entry)) await makeRoom(1);
      notices.push(noticeBytes.of(entry));
    }
    return gather(filePieces(state, plants, notices, iso), partBytes);
  };
}

/** The file as one text. */
export async function encodeText(state: MonitorState, zone: string): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for (const part of await createEncoder(zone)(state)) text += decoder.decode(part);
  return text;
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
      return `{${SECTIONS.map((name) => `"${name}":${LISTS.has(name) ? `[${parts[name]}]` : `{${parts[name]}}`}`).join(",")}}`;
    },
    rest: (state) => [...filePieces(state, [], [], iso)].join(""),
  };
}

function joined(parts: Parts): PlantBytes {
  const texts = SECTIONS.map((name) => parts[name]);
  let end = 0;
  return { bytes: Buffer.from(texts.join("")), ends: texts.map((text) => (end += Buffer.byteLength(text))) };
}

/** A stretch of bytes that are remembered. */
type Stretch = readonly [bytes: Uint8Array, from: number, to: number];
type Piece = string | Stretch;
const BETWEEN = whole(Buffer.from(",\n"));

function* filePieces(state: MonitorState, plants: readonly PlantBytes[], notices: readonly Uint8Array[], iso: TimeWriter): Generator<Piece> {
  const time = (at: EpochMs | null): string => JSON.stringify(at === null ? null : iso(at));
  const { lastCycle, ...monitor } = state.monitor;
  yield `{"schema_version":${String(SCHEMA_VERSION)},\n"ultima_varredura_rele":${time(lastCycle.relay)},\n"ultima_varredura_inversor":${time(lastCycle.inverter)},\n`;
  for (const [at, name] of SECTIONS.entries()) {
    yield `"${name}":${LISTS.has(name) ? "[" : "{"}`;
    yield* listed(plants.map(({ bytes, ends }): Stretch => [bytes, ends[at - 1] ?? 0, ends[at] ?? 0]));
    yield LISTS.has(name) ? "],\n" : "},\n";
  }
  yield '"pending_notifications":[';
  yield* listed(notices.map(whole));
  yield `],\n"digests":${JSON.stringify([...state.digests.values()])},\n"monitor":${JSON.stringify(monitor)}}\n`;
}

function* listed(stretches: readonly Stretch[]): Generator<Piece> {
  let isFirst = true;
  for (const stretch of stretches) {
    if (stretch[1] === stretch[2]) continue;
    if (!isFirst) yield BETWEEN;
    yield stretch;
    isFirst = false;
  }
}

/** Pieces as parts of about `partBytes`; no piece is cut. */
function* gather(pieces: Iterable<Piece>, partBytes: number): Generator<Uint8Array> {
  const part = Buffer.allocUnsafe(partBytes);
  let used = 0;
  for (const piece of pieces) {
    const [bytes, from, to] = typeof piece === "string" ? whole(Buffer.from(piece)) : piece;
    if (used + to - from > partBytes) {
      if (used > 0) yield part.subarray(0, used);
      used = 0;
    }
    if (to - from > partBytes) yield bytes.subarray(from, to);
    else {
      part.set(bytes.subarray(from, to), used);
      used += to - from;
    }
  }
  if (used > 0) yield part.subarray(0, used);
}

function whole(bytes: Uint8Array): Stretch {
  return [bytes, 0, bytes.length];
}

/** The same for each value of it: values are never changed in place. */
function once<V extends object, T>(make: (value: V) => T): { knows(value: V): boolean; of(value: V): T } {
  const made = new WeakMap<V, T>();
  return {
    knows: (value) => made.has(value),
    of: (value) => {
      const known = made.get(value) ?? make(value);
      made.set(value, known);
      return known;
    },
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
