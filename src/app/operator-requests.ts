// What operators ask of the monitor, from the page or the command line: checked here, done by the one writer of the state, and answered in
// facts. The words of the answers are the asking side's.
import { LONGEST_MUTE_MS, MOST_MUTES, MUTE_REASON, muteId, type Mute } from "../domain/mute.ts";
import { addMute, failingDevices, isSameTarget } from "../domain/mute-changes.ts";
import { deviceName, type PlantState } from "../domain/plant.ts";
import type { ComposedCard } from "../ports/messenger.ts";
import type { MuteAnswer, MuteAsked, MuteRequest, MuteTarget, OperatorRequest, RefusalReason, RequestAnswer } from "../ports/operator-requests.ts";
import { notified } from "./context.ts";
import { endNow, type MuteParts } from "./end-mutes.ts";
import type { Running } from "./supervisor.ts";

/** `by`: who asks, as log and cards name them. Resolves once what was asked is on disk, or Teams has answered. */
export async function applyRequest(running: Running, request: OperatorRequest, by: string): Promise<RequestAnswer> {
  return request.kind === "test-card" ? sendTestCard(running, request.card, by) : applyMuteRequest(running.context, request, by);
}

/** The same for mutes alone, where no monitor is running. */
export async function applyMuteRequest(parts: MuteParts, request: MuteRequest, by: string): Promise<MuteAnswer> {
  const answer = await (request.kind === "mute" ? mute(parts, request, by) : unmute(parts, request.muteId, by));
  const { trouble } = parts.ledger;
  return answer.kind === "refused" || trouble === null ? answer : { kind: "not-saved", detail: trouble.detail };
}

async function mute(parts: MuteParts, asked: MuteAsked, by: string): Promise<MuteAnswer> {
  const { ledger, clock, telemetry } = parts;
  const now = clock.now();
  const plant = ledger.state.plants.get(asked.plantId);
  const reason = asked.reason.trim();
  const { mutes } = ledger.state.monitor;
  const replaced = mutes.find((other) => isSameTarget(other, asked)) ?? null;
  const refused = (why: RefusalReason): MuteAnswer => ({ kind: "refused", why });
  if (plant === undefined) return refused("unknown-plant");
  if (asked.device !== null && !knownDevices(plant).includes(asked.device)) return refused("unknown-device");
  if (!(asked.until > now)) return refused("until-past");
  if (asked.until - now > LONGEST_MUTE_MS) return refused("until-too-far");
  if (!isOfLength(reason)) return refused("reason-length");
  if (replaced === null && mutes.length >= MOST_MUTES) return refused("too-many");
  const begun: Mute = { id: muteId(asked.plantId, asked.device, now), plantId: asked.plantId, device: asked.device, since: now, until: asked.until, reason, by };
  const target = targetOf(parts, plant, begun);
  telemetry.tell({ kind: "mute.begun", mute: begun, plant: target.plant, name: target.device });
  await ledger.commit((state) => addMute(state, begun));
  return { kind: "muted", mute: begun, target, replaced, failing: failingDevices(plant, asked.device).length };
}

async function unmute(parts: MuteParts, id: string, by: string): Promise<MuteAnswer> {
  const { state } = parts.ledger;
  const ended = state.monitor.mutes.find((other) => other.id === id);
  if (ended === undefined) return { kind: "refused", why: "unknown-mute" };
  const plant = state.plants.get(ended.plantId);
  await endNow(parts, [ended], by);
  if (plant === undefined) return { kind: "refused", why: "unknown-plant" };
  return { kind: "unmuted", mute: ended, target: targetOf(parts, plant, ended), failing: failingDevices(plant, ended.device).length };
}

async function sendTestCard({ context, courier }: Running, card: ComposedCard, by: string): Promise<RequestAnswer> {
  const { settings, telemetry } = context;
  if (!settings.teamsEnabled) return { kind: "refused", why: "teams-off" };
  const told = { title: card.title, severity: card.severity, plantId: null, events: 0, attempt: 1 };
  const outcome = await courier.post(card, told, { kind: "nothing" });
  telemetry.tell({ kind: "test-card.sent", by, title: card.title, outcome: outcome.kind });
  if (outcome.kind === "delivered") telemetry.tell({ kind: "card.delivered", card: told, notice: null });
  return { kind: "test-card", title: card.title, outcome };
}

/** Those that have ever given a reading: only their ids stand in events. */
export function knownDevices({ relay, inverter }: PlantState): string[] {
  return [...new Set([...relay.devices.keys(), ...inverter.devices.keys()])];
}

function isOfLength(reason: string): boolean {
  const length = Array.from(reason).length;
  return length >= MUTE_REASON.least && length <= MUTE_REASON.most;
}

function targetOf({ settings }: MuteParts, plant: PlantState, { device }: Mute): MuteTarget {
  return { plant: notified(plant.info, settings), device: device === null ? null : deviceName(plant, device) };
}
