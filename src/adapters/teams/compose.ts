// From a message to the bodies of the requests that tell it, each within Teams' limit whatever the message holds.
import type { ComposedCard, Message } from "../../ports/messenger.ts";
import { adaptiveCard, plainAdaptiveCard } from "./adaptive-card.ts";
import { fitRows, paginate, tidied, type Card, type CardFormat } from "./card-model.ts";
import { digestCard } from "./digest-card.ts";
import { heartbeatCard } from "./heartbeat-card.ts";
import { messageCard, plainMessageCard } from "./message-card.ts";
import { monitorCard } from "./monitor-card.ts";
import { muteEndedCard } from "./mute-card.ts";
import { devicesCard, relaySilentCard } from "./notice-cards.ts";
import { reportCard } from "./report-card.ts";

export type TeamsFormat = "adaptivecard" | "messagecard";

/** 28 KB is promised, 24,453 bytes were seen refused. */
const MOST_BYTES = 19_500;
const MOST_PLAIN_BYTES = 8_000;

const FORMATS: Readonly<Record<TeamsFormat, { readonly full: CardFormat; readonly plain: CardFormat }>> = {
  adaptivecard: { full: adaptiveCard, plain: plainAdaptiveCard },
  messagecard: { full: messageCard, plain: plainMessageCard },
};

export function composeCards(message: Message, format: TeamsFormat, plain: boolean): readonly [ComposedCard, ...ComposedCard[]] {
  const write = plain ? FORMATS[format].plain : FORMATS[format].full;
  const mostBytes = plain ? MOST_PLAIN_BYTES : MOST_BYTES;
  const composed = (card: Card): ComposedCard => ({ title: card.title, severity: card.severity, body: fitRows(card, write, mostBytes) });
  if (message.kind !== "digest") return [composed(tidied(cardOf(message)))];
  const { full, plain: small } = FORMATS[format];
  const limits = [{ format: full, mostBytes: MOST_BYTES }, { format: small, mostBytes: MOST_PLAIN_BYTES }];
  const [first, ...others] = paginate(tidied(digestCard(message.digest)), limits);
  return [composedPage(first, write), ...others.map((page) => composedPage(page, write))];
}

function composedPage(card: Card, write: CardFormat): ComposedCard {
  return { title: card.title, severity: card.severity, body: write(card) };
}

function cardOf(message: Exclude<Message, { readonly kind: "digest" }>): Card {
  if (message.kind === "heartbeat") return heartbeatCard(message.heartbeat);
  const { notice, committedAt } = message;
  switch (notice.kind) {
    case "devices": return devicesCard(notice, committedAt);
    case "relay-silent": return relaySilentCard(notice);
    case "mute-ended": return muteEndedCard(notice, committedAt);
    case "monitor": return monitorCard(notice, committedAt);
    case "weekly-report": return reportCard(notice, committedAt);
  }
}
