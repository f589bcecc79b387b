// Cards about the devices of one plant: what failed, what is back, what passed, and the relay that no longer communicates.
import type { EpochMs } from "../../domain/local-time.ts";
import type { DevicesNotice, NotifiedPlant, RelaySilentNotice } from "../../domain/notification.ts";
import { countedSection, joined, type Card, type Row } from "./card-model.ts";
import { againText, hasLockout, incidentText, parameterLines, storiesOf, typesText, typeText, type Story } from "./device-stories.ts";
import { clean } from "./literal-text.ts";
import { capacity, counted, deviceLabels, duration, firstOf, listed, named, number, plural, timesOf, type Times } from "./words.ts";

export function plantName(plant: NotifiedPlant): string {
  return clean(plant.name, 80, `usina ${clean(plant.id, 32, "sem identificação")}`);
}

export const SIGNATURE = "pvmonitor";

/** What the parts of a card of devices are made of. */
interface Told {
  readonly notice: DevicesNotice;
  readonly plant: string;
  readonly stories: readonly Story[];
  readonly devices: number;
  readonly label: (device: string) => string;
  readonly times: Times;
}

export function devicesCard(notice: DevicesNotice, committedAt: EpochMs): Card {
  const times = timesOf(notice.plant.zone, committedAt);
  const stories = storiesOf(notice.devices.flatMap(({ events }) => events));
  const told: Told = { notice, plant: plantName(notice.plant), stories, devices: notice.devices.length, label: deviceLabels(notice.devices), times };
  const { title, summary } = notice.subject === "relay" ? relayHeadline(told) : inverterHeadline(told);
  const [only] = stories.length === 1 ? stories : [];
  return {
    title, summary,
    severity: notice.severity,
    tone: notice.outcome === "passed" ? "warning" : notice.severity,
    subtitle: joined(...subtitleOf(told), capacity(notice.plant.capacityKwp)),
    notes: notesOf(told),
    sections: [countedSection(stories, (story) => rowOf(story, told), headingOf(notice))],
    remarks: remarksOf(told),
    small: joined(only === undefined ? null : incidentText(only), `lido da PVOperation ${times.on(notice.situation.readAt)}`, SIGNATURE),
  };
}

interface Headline { readonly title: string; readonly summary: string }

function emojiOf({ outcome, severity }: DevicesNotice): string {
  if (outcome !== "failure") return outcome === "normal" ? "🟢" : "🟡";
  return severity === "danger" ? "🔴" : "🟠";
}

function relayHeadline({ notice, plant, stories, devices, label, times }: Told): Headline {
  const [one, many] = ({
    failure: ["atuou", "atuaram"], normal: ["normalizado", "normalizados"], passed: ["atuou e normalizou", "atuaram e normalizaram"],
  } as const)[notice.outcome];
  const types = listed(typesText(stories));
  const [only] = stories.length === 1 ? stories : [];
  const again = only === undefined || againText(only) === "" ? "" : ` (${againText(only)})`;
  const head = `${emojiOf(notice)} ${plant}:`;
  const what = devices === 1 ? `relé ${one}` : `${number(devices)} relés ${many}`;
  const who = devices === 1 ? `${named("relay", label(notice.devices[0]?.device ?? ""))} ${one}` : what;
  return {
    title: `${head} ${what}${types === "" ? "" : `, ${types}`}${again}`,
    summary: joinedBy(" ", head, who, types === "" ? "" : `(${types})`, whenText(notice, stories, times)) + again,
  };
}

function inverterHeadline({ notice, plant, stories, devices, label, times }: Told): Headline {
  const [only] = devices === 1 && stories.length === 1 ? stories : [];
  const single = devices === 1 ? named("inverter", label(notice.devices[0]?.device ?? "")) : null;
  const many = `${number(devices)} inversores`;
  const what = {
    failure: () => inverterFailure(notice, devices, single),
    normal: () => (single === null ? `${many} normalizados` : `${single} normalizado`),
    passed: () => (single === null ? `${many} pararam e normalizaram` : `${single} parou e normalizou`),
  }[notice.outcome]();
  const head = `${emojiOf(notice)} ${plant}: ${what}`;
  const again = only === undefined || againText(only) === "" ? "" : ` (${againText(only)})`;
  return { title: head + again, summary: joinedBy(" ", head, whenText(notice, stories, times)) + again };
}

/** How many of the plant's are down, and plainly when it is all of them. */
function inverterFailure({ situation }: DevicesNotice, devices: number, single: string | null): string {
  const down = Math.max(situation.invertersDown, devices);
  const known = Math.max(situation.invertersKnown, down);
  if (down === known && known > 1) return `TODOS os ${number(known)} inversores parados`;
  if (single !== null) {
    if (known === 1) return `${single} parado, o único da usina`;
    return down > 1 ? `${single} parado, agora ${number(down)} de ${number(known)}` : `${single} parado`;
  }
  return down > devices ? `mais ${number(devices)} inversores parados, agora ${number(down)} de ${number(known)}` : `${number(down)} de ${number(known)} inversores parados`;
}

/** End of the push line: since when, or how long it was. */
function whenText({ outcome }: DevicesNotice, stories: readonly Story[], times: Times): string {
  const [first] = stories;
  if (first === undefined) return "";
  if (outcome === "failure") return `desde ${times.moment(first.incident.first)}`;
  const end = lastEnd(stories);
  if (end === null) return "";
  return stories.length === 1 ? `${times.on(end)}, após ${duration(end - first.incident.first)}` : times.on(end);
}

function lastEnd(stories: readonly Story[]): EpochMs | null {
  const ends = stories.flatMap(({ end }) => (end === null ? [] : [end]));
  return ends.length === 0 ? null : ends.reduce((a, b) => Math.max(a, b));
}

/** Since when or how long; then what is still open at the plant. */
function subtitleOf({ notice, stories, times }: Told): (string | null)[] {
  const { outcome, situation, subject } = notice;
  const [first] = stories;
  if (first === undefined) return [];
  if (outcome === "failure") {
    const last = stories.map(({ incident }) => incident.last).reduce((a, b) => Math.max(a, b));
    const down = subject === "inverter" && stories.length === 1 && situation.invertersKnown > 1
      ? `${number(Math.max(1, situation.invertersDown))} de ${number(Math.max(situation.invertersKnown, situation.invertersDown))} inversores parados` : null;
    return [`desde ${times.moment(first.incident.first)}`, `última leitura ${times.moment(last)}`, down];
  }
  const end = lastEnd(stories);
  const word = subject === "relay" ? plural(stories.length, "atuado", "atuados") : plural(stories.length, "parado", "parados");
  const past = end === null ? null : stories.length === 1
    ? `${word} ${times.span(first.incident.first, end)} (${duration(end - first.incident.first)})`
    : `${word} entre ${times.moment(first.incident.first)} e ${times.moment(end)}`;
  return [past, ...stillOpen(notice)];
}

function stillOpen({ situation, outcome, subject }: DevicesNotice): (string | null)[] {
  const { relayAlerts, invertersDown, invertersKnown } = situation;
  const down = invertersDown > 0
    ? `${plural(invertersDown, "ainda parado", "ainda parados")}: ${number(invertersDown)} de ${counted(Math.max(invertersKnown, invertersDown), "inversor", "inversores")}`
    : subject === "inverter" && outcome === "normal" ? "nenhum inversor parado" : null;
  return [relayAlerts > 0 ? `relé ainda atuado: ${counted(relayAlerts, "alerta", "alertas")}` : null, down];
}

function headingOf({ subject, outcome }: DevicesNotice): readonly [string, string] {
  const name = subject === "relay" ? "Relé" : "Inversor";
  const state = subject === "relay" ? "atuado" : "parado";
  return [name, outcome === "failure" ? `${state} desde` : `${state} por`];
}

function rowOf(story: Story, { notice, stories, label, times }: Told): Row {
  const { incident, end, type } = story;
  const name = joined(label(story.device), type === null ? null : typeText(type));
  const first = story.subject === "relay" ? `1ª leitura ${times.moment(incident.first)} · última` : "última leitura";
  const reading = notice.outcome === "failure"
    ? `${first} ${times.moment(incident.last)}`
    : end === null ? `desde ${times.moment(incident.first)}` : times.range(incident.first, end);
  const detail = joined(reading, stories.length > 1 ? againText(story) : null, stories.length > 1 ? incidentText(story) : null);
  const when = notice.outcome === "failure" || end === null ? times.moment(incident.first) : duration(end - incident.first);
  return { name, when, details: [...parameterLines(story), detail] };
}

function notesOf({ notice, stories }: Told): string[] {
  const { outcome, situation, subject } = notice;
  const notes: string[] = [];
  if (hasLockout(stories) && outcome === "failure") notes.push("⛔ Bloqueio (86) ativo: não religar à distância.");
  if (hasLockout(stories) && outcome === "passed") notes.push("⛔ Houve bloqueio (86): não religar à distância.");
  if (situation.relayUnasked && subject === "inverter") notes.push("⚠️ O relé desta usina não pôde ser consultado.");
  return notes;
}

function remarksOf({ notice }: Told): string[] {
  if (notice.situation.invertersUnwatched) return ["Inversores desta usina: sem vigilância enquanto o relé estiver atuado."];
  const isOver = notice.subject === "relay" && notice.outcome !== "failure" && notice.situation.relayAlerts === 0;
  return isOver ? ["Inversores desta usina: sob vigilância."] : [];
}

/** `relé 1931 sem comunicação` */
export function relaySilentWords({ relays }: RelaySilentNotice): string {
  const [only] = relays.length === 1 ? relays : [];
  return `${only === undefined ? `${number(relays.length)} relés` : named("relay", deviceLabels(relays)(only.device))} sem comunicação`;
}

export function relaySilentCard(notice: RelaySilentNotice): Card {
  const times = timesOf(notice.plant.zone, notice.at);
  const label = deviceLabels(notice.relays);
  const relays = notice.relays.toSorted((a, b) => a.lastReading - b.lastReading);
  const [first] = relays;
  const title = `🟠 ${plantName(notice.plant)}: ${relaySilentWords(notice)}`;
  const since = first === undefined ? null : `última leitura ${times.moment(first.lastReading)} (há ${duration(notice.at - first.lastReading)})`;
  const rowOfRelay = ({ device, types, lastReading }: (typeof relays)[number]): Row => ({
    name: label(device),
    when: times.moment(lastReading),
    details: types.length === 0 ? [] : [`alerta ainda ativo: ${listed(firstOf(types.map(typeText), 6))}`],
  });
  return {
    title,
    summary: joinedBy(" ", title, first === undefined ? "" : `desde ${times.moment(first.lastReading)}, alerta ainda ativo`),
    severity: "info",
    tone: "warning",
    subtitle: joined(since, capacity(notice.plant.capacityKwp)),
    notes: ["O alerta continua ativo: silêncio não é normalização. Verificar o relé e a comunicação dele."],
    sections: [countedSection(relays, rowOfRelay, ["Relé", "última leitura"])],
    remarks: ["Inversores desta usina: de novo sob vigilância."],
    small: joined(`visto ${times.on(notice.at)}`, SIGNATURE),
  };
}

function joinedBy(separator: string, ...parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join(separator);
}
