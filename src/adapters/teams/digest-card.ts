// What was owed while Teams did not answer, told together: what is still active first, every event in it.
import type { EpochMs } from "../../domain/local-time.ts";
import { eventsOf, type Notice, type Severity } from "../../domain/notification.ts";
import type { DeviceKind } from "../../domain/plant.ts";
import type { Digest } from "../../ports/messenger.ts";
import { joined, section, type Card, type Row } from "./card-model.ts";
import { againText, hasLockout, incidentText, parameterLines, pastText, storiesOf, typeText, type Story } from "./device-stories.ts";
import { clean } from "./literal-text.ts";
import { monitorWords } from "./monitor-card.ts";
import { failingRows, GONE_TITLE, goneRow, muteEndedWords } from "./mute-card.ts";
import { plantName, relaySilentWords, SIGNATURE } from "./notice-cards.ts";
import { reportWords } from "./report-card.ts";
import { capitalized, counted, deviceLabels, duration, firstOf, named, number, timesOf, type Times } from "./words.ts";

const RANK: readonly Severity[] = ["good", "info", "warning", "danger"];

function severityOf(notice: Notice): Severity {
  if (notice.kind === "devices" || notice.kind === "mute-ended") return notice.severity;
  return notice.kind === "monitor" && notice.phase === "back" ? "good" : "info";
}

/** All of a digest on one card, to be paginated. */
export function digestCard({ plant, notifications, activeIncidents, composedAt }: Digest): Card {
  const times = timesOf(zoneOf(plant?.zone, notifications[0]?.notice), composedAt);
  const notices = notifications.map(({ notice }) => notice);
  const stories = storiesOf(notices.flatMap(eventsOf));
  const others = notifications.filter(({ notice }) => notice.kind !== "devices");
  const active = stories.filter(({ incident }) => activeIncidents.has(incident.id));
  const past = stories.filter(({ incident }) => !activeIncidents.has(incident.id));
  const label = storyLabel(notices);
  const canWait = incidentsThatWait(notices);
  const since = notifications.reduce((first, { committedAt }) => Math.min(first, committedAt), composedAt);
  const count = notices.flatMap(eventsOf).length + others.length;
  const open = stories.length === 0 ? "" : active.length > 0 ? `, ${number(active.length)} ainda ${active.length === 1 ? "ativo" : "ativos"}` : ", nenhum ainda ativo";
  const what = stories.length === 0 ? counted(count, "aviso", "avisos") : counted(count, "evento", "eventos");
  const title = `${active.length > 0 || stories.length === 0 ? "🟠" : "🟡"} ${plant === null ? "Monitor" : plantName(plant)}: ${what} enquanto o Teams não respondia (${times.range(since, composedAt)})${open}`;
  return {
    title,
    summary: title,
    severity: notices.map(severityOf).reduce((worst, next) => (RANK.indexOf(next) > RANK.indexOf(worst) ? next : worst), "good"),
    tone: "warning",
    subtitle: null,
    notes: hasLockout(active) ? ["⛔ Bloqueio (86) ativo: não religar à distância."] : [],
    sections: [
      section(active.map((story) => activeRow(story, label, times, canWait.has(story.incident.id) ? "🟠" : "🔴")), "Ainda ativos"),
      section(past.map((story) => pastRow(story, label, times)), "Encerrados"),
      section(others.map(({ notice, committedAt }) => noticeRow(notice, committedAt, times)), plant === null ? null : "Avisos"),
    ],
    remarks: [],
    small: joined(`enviado ${times.on(composedAt)}`, SIGNATURE),
  };
}

function zoneOf(zone: string | undefined, notice: Notice | undefined): string {
  return zone ?? (notice === undefined ? undefined : "zone" in notice ? notice.zone : notice.plant.zone) ?? "America/Sao_Paulo";
}

type Label = (story: Story) => string;

/** `Relé 1931 · SOBRETENSÃO` */
function storyLabel(notices: readonly Notice[]): Label {
  const labelsOf = (subject: DeviceKind): ((device: string) => string) => {
    const devices = notices.flatMap((notice) => (notice.kind === "devices" && notice.subject === subject ? notice.devices : []));
    return deviceLabels([...new Map(devices.map((entry) => [entry.device, entry])).values()]);
  };
  const labels = { relay: labelsOf("relay"), inverter: labelsOf("inverter") };
  return ({ subject, device, type }) => joined(capitalized(named(subject, labels[subject](device))), type === null ? null : typeText(type));
}

/** Incidents whose failure was told as one that can wait: all others are red. */
function incidentsThatWait(notices: readonly Notice[]): ReadonlySet<string> {
  return new Set(notices.filter((notice) => notice.kind === "devices" && notice.severity === "warning").flatMap(eventsOf).map(({ incident }) => incident.id));
}

function activeRow(story: Story, label: Label, times: Times, mark: string): Row {
  const { incident } = story;
  const last = `última leitura ${times.moment(incident.last)}`;
  const state = story.subject === "relay" ? "atuado" : "parado";
  const detail = joined(last, againText(story), incidentText(story));
  return { name: `${mark} ${label(story)}`, when: `${state} desde ${times.moment(incident.first)}`, details: [...parameterLines(story), detail] };
}

function pastRow(story: Story, label: Label, times: Times): Row {
  const { end, incident } = story;
  // The normalization is newer than the digest's notifications: a card of its own follows, unless it came within a mute.
  const when = end === null ? `desde ${times.moment(incident.first)}` : pastText(story, times);
  const back = end === null ? "já normalizado" : null;
  return { name: label(story), when, details: [...parameterLines(story), joined(back, againText(story), incidentText(story))] };
}

function noticeRow(notice: Notice, committedAt: EpochMs, times: Times): Row {
  const when = times.moment(committedAt);
  if (notice.kind === "monitor") {
    const past = notice.phase === "back" ? `${times.range(notice.since, notice.at)} (${duration(notice.at - notice.since)})` : `desde ${times.moment(notice.since)}`;
    return { name: capitalized(monitorWords(notice)), when, details: [past] };
  }
  if (notice.kind === "weekly-report") {
    const incidents = notice.relay.incidents + notice.inverter.incidents;
    return { name: capitalized(reportWords(notice)), when, details: [joined(counted(incidents, "ocorrência", "ocorrências"), notice.file === null ? null : clean(notice.file, 80))] };
  }
  if (notice.kind === "devices") return { name: "", when, details: [] };
  if (notice.kind === "mute-ended") {
    const failing = notice.failing.map(failingRows(notice, times)).map(({ name, when: since }) => `${name} desde ${since}`);
    const gone = notice.gone.map((entry) => `${goneRow(entry).name}: ${GONE_TITLE.toLowerCase()}`);
    return { name: capitalized(muteEndedWords(notice)), when, details: firstOf([...failing, ...gone], 8) };
  }
  const label = deviceLabels(notice.relays);
  const relays = notice.relays.map(({ device, lastReading }) => `${named("relay", label(device))}: última leitura ${times.moment(lastReading)}`);
  return { name: capitalized(relaySilentWords(notice)), when, details: [...firstOf(relays, 8), "o alerta continuou ativo"] };
}
