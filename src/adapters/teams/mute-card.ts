// The end of a silence: what is failing now, said once, so that nobody believes the cards from before it.
import type { EpochMs } from "../../domain/local-time.ts";
import type { FailingDevice, GoneDevice, MuteEndedNotice, Severity } from "../../domain/notification.ts";
import type { DeviceKind } from "../../domain/plant.ts";
import { countedSection, joined, type Card, type Row } from "./card-model.ts";
import { parametersInWords, typeText } from "./device-stories.ts";
import { clean } from "./literal-text.ts";
import { plantName, SIGNATURE } from "./notice-cards.ts";
import { isLockout } from "./relay-parameters.ts";
import { capacity, capitalized, counted, deviceLabels, deviceWord, duration, listed, named, number, timesOf, type Times } from "./words.ts";

const EMOJI: Readonly<Record<Severity, string>> = { danger: "🔴", warning: "🟠", good: "🟢", info: "🟢" };

/** `fim do silêncio, relé atuado e 3 inversores parados`, `fim do silêncio do inversor 46003, sem falha` */
export function muteEndedWords({ device, failing, gone, stillSilent }: MuteEndedNotice): string {
  const none = gone.length > 0 ? `${goneWho(gone)} sem leituras há 7 dias` : stillSilent > 0 ? "nada em falha fora do que segue em silêncio" : "nada em falha";
  if (device === null) return `fim do silêncio, ${failing.length === 0 ? none : failingWords(failing)}`;
  const { subject } = device;
  const name = clean(device.name, 48, clean(device.device, 48));
  const who = subject === null ? `aparelho ${name}` : named(subject, name);
  return `fim do silêncio do ${who}, ${failing.length === 0 ? (gone.length > 0 ? "sem leituras há 7 dias" : "sem falha") : listed([...new Set(failing.map((own) => stateWord(own.subject, 1)))])}`;
}

function goneWho(gone: readonly GoneDevice[]): string {
  return gone.some(({ device }) => device === null) ? "usina" : counted(new Set(gone.map(({ device }) => device)).size, "aparelho", "aparelhos");
}

function stateWord(subject: DeviceKind, count: number): string {
  return `${subject === "relay" ? "atuado" : "parado"}${count === 1 ? "" : "s"}`;
}

/** `relé 1931 atuado`, `2 relés atuados e 3 inversores parados` */
function failingWords(failing: readonly FailingDevice[]): string {
  return listed((["relay", "inverter"] as const).flatMap((subject) => {
    const devices = new Map(failing.filter((own) => own.subject === subject).map((own) => [own.device, own]));
    const [only] = devices.size === 1 ? devices.values() : [];
    if (only !== undefined) return [`${named(subject, clean(only.name, 48, clean(only.device, 48)))} ${stateWord(subject, 1)}`];
    return devices.size === 0 ? [] : [`${number(devices.size)} ${deviceWord(subject, devices.size)} ${stateWord(subject, devices.size)}`];
  }));
}

export function failingRows(notice: MuteEndedNotice, times: Times): (failing: FailingDevice) => Row {
  const labels = { relay: labelsOf(notice, "relay"), inverter: labelsOf(notice, "inverter") };
  return ({ subject, device, type, parameters, incidentId, first, last }) => ({
    name: joined(capitalized(named(subject, labels[subject](device))), type === null ? null : typeText(type)),
    when: times.moment(first),
    details: [...parametersInWords(parameters), joined(`última leitura ${times.moment(last)}`, `incidente ${clean(incidentId, 24, "sem número")}`)],
  });
}

export const GONE_TITLE = "Sem leituras há 7 dias, fim não conhecido";

export function goneRow({ device, kind, type, name }: GoneDevice): Row {
  if (device === null) return { name: "A usina inteira, fora da lista de usinas", when: "", details: [] };
  const shown = clean(name, 48, clean(device, 48));
  return { name: joined(capitalized(kind === null ? `aparelho ${shown}` : named(kind, shown)), type === null ? null : typeText(type)), when: "", details: [] };
}

function labelsOf({ failing }: MuteEndedNotice, subject: DeviceKind): (device: string) => string {
  return deviceLabels(failing.filter((own) => own.subject === subject));
}

export function muteEndedCard(notice: MuteEndedNotice, today: EpochMs): Card {
  const { plant, failing, gone, since, at, severity, reason, by, endedBy } = notice;
  const times = timesOf(plant.zone, today);
  const title = `${EMOJI[severity]} ${plantName(plant)}: ${muteEndedWords(notice)}`;
  const [first] = failing;
  return {
    title,
    summary: first === undefined ? title : `${title} desde ${times.moment(first.first)}`,
    severity,
    tone: severity,
    subtitle: joined(`em silêncio ${times.span(since, at)} (${duration(at - since)})`, capacity(plant.capacityKwp)),
    notes: failing.some(({ parameters }) => parameters.some(isLockout)) ? ["⛔ Bloqueio (86) ativo: não religar à distância."] : [],
    sections: [countedSection(failing, failingRows(notice, times), ["Em falha", "desde"]), { ...countedSection(gone, goneRow, null), title: GONE_TITLE }],
    remarks: [
      toldBeforeWords(notice),
      ...(notice.relaySilent ? ["Relé atuado sem comunicação: silêncio não é normalização. Inversores desta usina: de novo sob vigilância."] : []),
      ...(notice.invertersUnwatched ? ["Inversores desta usina: sem vigilância enquanto o relé estiver atuado."] : []),
      `Motivo do silêncio: ${clean(reason, 300, "não informado")}`,
    ],
    small: joined(
      `silenciado por ${clean(by, 100, "desconhecido")}`, endedBy === null ? "encerrado no horário" : `encerrado por ${clean(endedBy, 100, "desconhecido")}`,
      `visto ${times.on(at)}`, SIGNATURE,
    ),
  };
}

/** What became of the cards from before: said only of what somebody has seen. */
function toldBeforeWords({ failing, gone, stillSilent }: MuteEndedNotice): string {
  const others = failing.length + gone.length === 0 ? "" : " e não está nesta lista";
  const silent = stillSilent === 0 ? "" : `, fora ${counted(stillSilent, "aparelho que continua", "aparelhos que continuam")} em silêncio`;
  return `O que foi avisado antes do silêncio${others} já não está em falha${silent}.`;
}
