// The monitor about itself: its scans, the API behind them, what waits and why, what was sent, and the settings in force.
import type { MonitorView } from "../../api/schemas.ts";
import { because } from "../../adapters/logging/phrases.ts";
import { reasonWords } from "../../adapters/teams/words.ts";
import type { Waiting } from "../../app/status-view.ts";
import type { HistoryCard, HistoryOutage, HistoryScan } from "../../ports/history.ts";
import { whyWaiting, type WaitingSurroundings } from "../status/waiting-words.ts";

/** More cards than this are looked up in the log. */
export const MOST_CARDS = 100;
/** Of what waits, the page shows the first, and how many more. */
export const MOST_WAITING = 100;

export function scanView({ reasons, ...scan }: HistoryScan): MonitorView["scans"][number] {
  return { ...scan, reasons: Object.entries(reasons).map(([reason, count]) => ({ reason, text: because(reason), count })) };
}

export function cardView(card: HistoryCard): MonitorView["cards"][number] {
  return { ...card, reason: card.reason === null ? null : reasonWords(card.reason) };
}

const TOPICS: Readonly<Record<HistoryOutage["topic"], string>> = {
  api: "PVOperation sem resposta", teams: "Teams sem aceitar cartões", state: "Estado não gravado em disco", "no-data": "Mais da metade das usinas sem dados", down: "Monitor parado",
};

export function outageView({ topic, since, until, detail }: HistoryOutage): MonitorView["outages"][number] {
  return { topic, since, until, text: detail === "" ? TOPICS[topic] : `${TOPICS[topic]}: ${reasonWords(detail)}` };
}

export function waitingView(waiting: Waiting, title: string, around: WaitingSurroundings): MonitorView["outbox"][number] {
  const { id, plant, events, since, nextTry } = waiting;
  return { id, title, plantId: plant?.id ?? null, events, since, why: whyWaiting(waiting, around), nextTry };
}
