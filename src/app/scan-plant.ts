// One scan of one plant: fetch, decide, commit. Its state and what it owes the operators go to disk together or not at all.
import { dropGoneDevices } from "../domain/gone.ts";
import { inverterWatch, noteWatch, release } from "../domain/hierarchy.ts";
import { judgeInverters } from "../domain/inverter-detector.ts";
import { applyDeviceList, isDeviceListDue, isScannedForRelays, mayHaveRelay } from "../domain/listing.ts";
import type { EpochMs } from "../domain/local-time.ts";
import { beginOfDay, type Marks } from "../domain/marks.ts";
import { muteOf } from "../domain/mute.ts";
import { owe, withMonitor, withPlant, type MonitorState } from "../domain/monitor-state.ts";
import type { DeviceEvent, Notice, RelaySilentNotice } from "../domain/notification.ts";
import { planNotices } from "../domain/plan-notices.ts";
import { activeAlerts, deviceName, type DeviceKind, type GoneEntry, type PlantState } from "../domain/plant.ts";
import type { InverterReading } from "../domain/reading.ts";
import { judgeRelays, passOverNoFurther } from "../domain/relay-detector.ts";
import type { CallOptions } from "../ports/plant-api.ts";
import type { PlantScan } from "../ports/plant-scan.ts";
import { notified, type Context } from "./context.ts";
import { areBehind } from "./known-days.ts";
import { readDays, type DaysRead } from "./read-days.ts";

const UNWATCHED: PlantScan = { outcome: "unwatched", reason: null, records: 0, oldNews: 0, unusable: 0 };
const WITHOUT_RELAY: PlantScan = { ...UNWATCHED, outcome: "without-relay" };

/** What a scan found, to be committed as one. */
interface Decision {
  readonly subject: DeviceKind;
  readonly plant: PlantState;
  readonly events: readonly DeviceEvent[];
  readonly oldNews: number;
  readonly silentRelay: RelaySilentNotice | null;
  readonly relayUnasked: boolean;
}

/** Scans the plant for one kind of device. A relay scan also asks for the list of devices, once a day. */
export async function scanPlant(context: Context, kind: DeviceKind, plantId: string, tries: number): Promise<PlantScan> {
  if (kind === "inverter") return scanInverters(context, plantId, tries);
  const scan = await scanRelays(context, plantId, tries);
  await readDeviceList(context, plantId, { tries: 1, signal: context.stop });
  return scan;
}

/** The outcome of a scan that would ask nobody: no relay is known, and the list of devices is not due. Null: somebody is asked. */
export function scanWithoutAsking({ clock, ledger, settings }: Context, kind: DeviceKind, plantId: string): PlantScan | null {
  const plant = plantOf(ledger.state, plantId);
  return kind === "relay" && !isScannedForRelays(plant, settings.relayPlants) && !isDeviceListDue(plant, clock.now()) ? WITHOUT_RELAY : null;
}

/** Reads the plant's relays up to now and tells what they did. `tries` is 1 when it probes an API that is down. */
async function scanRelays(context: Context, plantId: string, tries: number): Promise<PlantScan> {
  const { api, clock, settings, stop, knownDays } = context;
  const plant = begin(context, plantId, "relay");
  if (!isScannedForRelays(plant, settings.relayPlants)) return WITHOUT_RELAY;
  const rules = settings.rulesOf(plant.info);
  const days = await readDays(marksOf(plant, "relay"), rules.zone, clock, (date) => api.dayRelay(plantId, date, rules.zone, { tries, signal: stop, known: knownDays.known(plantId, "relay", date) }));
  const parameters = days.unknownActive.filter((name) => context.isNewsOfTheDay(`${plantId} ${name}`));
  if (parameters.length > 0) context.telemetry.tell({ kind: "relay.unknown-parameters", plant: notified(plant.info, settings), parameters });
  const decision = await commitDecision(context, plantId, (current, now) => {
    const judged = judgeRelays(noteScan(current, "relay", days, now), days.readings, rules);
    return { ...judged, plant: noteWatch(judged.plant, now), subject: "relay", silentRelay: null, relayUnasked: false };
  });
  noteKnown(context, plantId, "relay", days);
  return report(context, plant, "relay", days, decision.oldNews);
}

/** Reads and judges the plant's inverters, unless an alerted relay stands before them. */
async function scanInverters(context: Context, plantId: string, tries: number): Promise<PlantScan> {
  const { api, clock, ledger, settings, stop, knownDays } = context;
  if (isLongUnasked(plantOf(ledger.state, plantId), context)) await scanRelays(context, plantId, tries);
  const known = plantOf(ledger.state, plantId);
  if (inverterWatch(known, clock.now()) === "unwatched") {
    ledger.stage((state) => withPlant(state, noteWatch(known, clock.now())));
    return UNWATCHED;
  }
  const plant = begin(context, plantId, "inverter");
  const rules = settings.rulesOf(plant.info);
  const days = await readDays(marksOf(plant, "inverter"), rules.zone, clock, (date) => api.dayInverter(plantId, date, rules.zone, { tries, signal: stop, known: knownDays.known(plantId, "inverter", date) }));
  const decide = (current: PlantState, now: EpochMs): Decision => decideInverters(context, current, days, now);
  const hasNewFailure = decide(plantOf(ledger.state, plantId), clock.now()).events.some(({ kind }) => kind === "failure");
  const relayUnasked = hasNewFailure && (await isRelayUnasked(context, plant, tries));
  const decision = await commitDecision(context, plantId, (current, now) => ({ ...decide(current, now), relayUnasked }));
  noteKnown(context, plantId, "inverter", days);
  tellReadings(context, plant, days.readings);
  return report(context, plant, "inverter", days, decision.oldNews);
}

/** What is committed need not be sent again. Readings that were not judged (under a relay trip, say) are not behind the marks. */
function noteKnown<R extends { readonly device: string; readonly at: EpochMs }>({ ledger, knownDays }: Context, plantId: string, kind: DeviceKind, { answers, isWhole, readings }: DaysRead<R>): void {
  knownDays.scanned(plantId, kind, answers, isWhole && areBehind(plantOf(ledger.state, plantId)[kind].devices, readings));
}

/** What was read for the first time, judged or not: a chart shows the readings of a trip too. */
function tellReadings({ telemetry, settings }: Context, { info, inverter }: PlantState, readings: readonly InverterReading[]): void {
  const unseen = readings.filter(({ device, at }) => at > (inverter.devices.get(device)?.mark ?? -Infinity));
  if (unseen.length > 0) telemetry.tell({ kind: "inverters.read", plant: notified(info, settings), readings: unseen });
}

/** An alerted relay seems silent, but nobody has asked for it lately: the machine was suspended, say. It is asked before that is told. */
function isLongUnasked(plant: PlantState, { clock, settings }: Context): boolean {
  const now = clock.now();
  const { lastScan } = plant.relay;
  return inverterWatch(plant, now) === "relay-silent" && plant.inverter.releasedAt === null
    && lastScan !== null && now - lastScan > 2 * settings.intervalMs.relay;
}

/** Asks the relays once more before a new inverter failure is told: a trip must be known before the inverters that it took down.
 *  True where the plant has, or may have, a relay that could not be asked. */
async function isRelayUnasked(context: Context, plant: PlantState, tries: number): Promise<boolean> {
  const scan = await scanRelays(context, plant.info.id, tries);
  return scan.outcome === "unavailable" && mayHaveRelay(plant);
}

function decideInverters({ settings }: Context, plant: PlantState, days: DaysRead<InverterReading>, now: EpochMs): Decision {
  const scanned = noteWatch(noteScan(plant, "inverter", days, now), now);
  const nothing = { subject: "inverter", events: [], oldNews: 0, silentRelay: null, relayUnasked: false } as const;
  const watch = inverterWatch(scanned, now);
  if (watch === "unwatched") return { ...nothing, plant: scanned };
  const { plant: freed, isNew } = watch === "relay-silent" ? release(scanned, now) : { plant: scanned, isNew: false };
  const judged = judgeInverters(freed, days.readings, settings.rulesOf(plant.info));
  const relays = activeAlerts(plant).map(({ device, relay, alert }) => ({ device, name: deviceName(plant, device), types: [alert.type], lastReading: relay.mark }));
  const silentRelay: RelaySilentNotice | null = isNew ? { kind: "relay-silent", plant: notified(plant.info, settings), relays, at: now } : null;
  return { ...nothing, ...judged, silentRelay };
}

/** Decides on the plant as it is now and commits the result; no wait lies between the two, so no other change is lost. */
async function commitDecision(context: Context, plantId: string, decide: (plant: PlantState, now: EpochMs) => Decision): Promise<Decision> {
  const { ledger, clock, settings } = context;
  const now = clock.now();
  const before = plantOf(ledger.state, plantId);
  const decision = decide(before, now);
  const isMuted = ledger.state.monitor.mutes.some((mute) => mute.plantId === plantId);
  const { plant, dropped } = dropGoneDevices(before, decision.plant, now, isMuted);
  const told = notified(plant.info, settings);
  const whyMuted = (device: string): string | null => mutedReason(context, plant, device, now);
  const isTold = ({ device }: { readonly device: string }): boolean => whyMuted(device) === null;
  const planned = planNotices(decision.subject, decision.events.filter(isTold), { plant: told, state: plant, now, relayUnasked: decision.relayUnasked });
  const owed: readonly Notice[] = [...withRelays(decision.silentRelay, isTold), ...planned];
  const change = (state: MonitorState): MonitorState => owe(countOldNews(withPlant(state, plant), decision), owed, now);
  tellDecision(context, decision, { plant, dropped, whyMuted });
  if (decision.events.length + dropped.length > 0 || decision.silentRelay !== null) await ledger.commit(change);
  else ledger.stage(change);
  return decision;
}

/** Why what this device does is not sent: the settings silence its plant, or an operator did; null where it is. */
function mutedReason({ ledger, settings }: Context, { info }: PlantState, device: string, now: EpochMs): string | null {
  if (settings.rulesOf(info).muted) return "silenciada em pvmonitor.yaml";
  const mute = muteOf(ledger.state.monitor.mutes, info.id, device, now);
  return mute === null ? null : `em silêncio: ${mute.reason}`;
}

function withRelays(notice: RelaySilentNotice | null, isTold: (relay: { readonly device: string }) => boolean): readonly RelaySilentNotice[] {
  const relays = notice?.relays.filter(isTold) ?? [];
  return notice === null || relays.length === 0 ? [] : [{ ...notice, relays }];
}

interface Committed {
  readonly plant: PlantState;
  readonly dropped: readonly GoneEntry[];
  readonly whyMuted: (device: string) => string | null;
}

function tellDecision({ telemetry, settings }: Context, { events, silentRelay }: Decision, { plant: state, dropped, whyMuted }: Committed): void {
  const plant = notified(state.info, settings);
  for (const event of events) telemetry.tell({ kind: "event.detected", event, plant, name: deviceName(state, event.device), mutedReason: whyMuted(event.device) });
  if (silentRelay !== null) telemetry.tell({ kind: "relay.silent", plant, since: Math.max(...silentRelay.relays.map(({ lastReading }) => lastReading)) });
  for (const { device, type } of dropped) telemetry.tell({ kind: "device.gone", plant, device, type });
}

export function countOldNews(state: MonitorState, { subject, oldNews }: Pick<Decision, "subject" | "oldNews">): MonitorState {
  const counted = state.monitor.oldNews;
  return withMonitor(state, { oldNews: { ...counted, [subject]: counted[subject] + oldNews } });
}

/** Plants never leave the state: one that is scanned is in it. */
function plantOf(state: MonitorState, plantId: string): PlantState {
  const plant = state.plants.get(plantId);
  if (plant === undefined) throw new Error(`plant ${plantId} is scanned, but is not in the state`);
  return plant;
}

/** The plant, with the moment noted from which devices without a mark begin: its first being asked for this kind. What a clock that
 *  was ahead left in its future is set right. */
function begin({ ledger, clock, settings }: Context, plantId: string, kind: DeviceKind): PlantState {
  const now = clock.now();
  const known = plantOf(ledger.state, plantId);
  const plant = passOverNoFurther(known, now);
  const { beginsAfter } = plant[kind];
  const { zone } = settings.rulesOf(plant.info);
  const takenOver = ledger.state.monitor.takenOverUntil[kind] ?? -Infinity;
  const isBegun = beginsAfter !== null && beginsAfter < now;
  const begun = isBegun ? plant : { ...plant, [kind]: { ...plant[kind], beginsAfter: Math.max(beginOfDay(now, zone), Math.min(takenOver, now - 1)) } };
  if (begun !== known) ledger.stage((state) => withPlant(state, begun));
  return begun;
}

function marksOf(plant: PlantState, kind: DeviceKind): Marks {
  const { devices, beginsAfter } = plant[kind];
  return { devices, beginsAfter: beginsAfter ?? -Infinity, passOverUntil: kind === "inverter" ? plant.inverter.passOverUntil : null };
}

function noteScan<R>(plant: PlantState, kind: DeviceKind, { failure }: DaysRead<R>, now: EpochMs): PlantState {
  return failure === null ? { ...plant, [kind]: { ...plant[kind], lastScan: now } } : plant;
}

function report<R>({ telemetry, settings }: Context, { info }: PlantState, scan: DeviceKind, days: DaysRead<R>, oldNews: number): PlantScan {
  const plant = notified(info, settings);
  const { failure, unusable } = days;
  if (unusable.count > 0) telemetry.tell({ kind: "records.unusable", scan, plant, ...unusable });
  if (failure !== null) telemetry.tell({ kind: "plant.unavailable", scan, plant, reason: failure.reason, detail: failure.detail });
  return { outcome: failure === null ? "complete" : "unavailable", reason: failure?.reason ?? null, records: days.records, oldNews, unusable: unusable.count };
}

/** Asks once a day what devices the plant has: their names, and whether there is a relay. A failure changes nothing. */
async function readDeviceList({ api, clock, ledger }: Context, plantId: string, options: CallOptions): Promise<void> {
  if (!isDeviceListDue(plantOf(ledger.state, plantId), clock.now())) return;
  const devices = await api.plantDevices(plantId, options);
  if (devices.kind === "unavailable") return;
  ledger.stage((state) => withPlant(state, applyDeviceList(plantOf(state, plantId), devices.value, clock.now())));
}
