// `pvmonitor test-card`: one sample card, marked as a test, through the real messenger to the configured webhook.
import type { Writable } from "node:stream";
import { createSystemClock } from "../adapters/system/system-clock.ts";
import { composeTestCard, type TestCardKind } from "../adapters/teams/test-card.ts";
import type { Config } from "../config/config.ts";
import { maskWebhook, redactor, secretsOf } from "../config/secrets.ts";
import type { SendOutcome } from "../ports/messenger.ts";
import type { HttpResult, Transport } from "../ports/transport.ts";
import { wireMessenger } from "../wire.ts";

export interface TestCardOptions {
  readonly config: Config;
  readonly kind: TestCardKind;
  readonly stdout: Writable;
  readonly transport: Transport;
}

const EXIT_NOT_SENT = 3;
const WORDS: Readonly<Record<TestCardKind, string>> = { relay: "de relé", inverter: "de inversores", heartbeat: "de heartbeat" };

/** 0: Teams took it; 3: it did not, or none may be sent. */
export async function testCard({ config, kind, stdout, transport }: TestCardOptions): Promise<number> {
  const redact = redactor(secretsOf(config));
  const say = (text: string): void => void stdout.write(`${redact(text)}\n`);
  const { enabled, webhookUrl, format } = config.teams;
  if (!enabled || webhookUrl === null) {
    say("Nada foi enviado: o Teams está desligado (TEAMS_ENABLED=False). Ligue-o e defina TEAMS_WEBHOOK_URL para testar.");
    return EXIT_NOT_SENT;
  }
  // The masked address is put together after the redaction, which would take its last characters for a part of the secret.
  stdout.write(`Cartão ${WORDS[kind]} (${format}) para ${maskWebhook(webhookUrl)} …\n`);
  const { outcome, answer } = await postTestCard(config, kind, transport);
  say(`Resposta: ${answerWords(answer)}`);
  say(adviceFor(outcome));
  return outcome.kind === "delivered" ? 0 : EXIT_NOT_SENT;
}

/** Sends the card as the monitor would; `answer` is what came back, null where nothing was sent. */
export async function postTestCard(config: Config, kind: TestCardKind, transport: Transport): Promise<{ readonly outcome: SendOutcome; readonly answer: HttpResult | null }> {
  const answers: HttpResult[] = [];
  const noted: Transport = {
    async exchange(request, signal) {
      const answer = await transport.exchange(request, signal);
      answers.push(answer);
      return answer;
    },
  };
  const messenger = wireMessenger(config, noted, createSystemClock());
  const outcome = await messenger.post(composeTestCard(messenger, kind), new AbortController().signal);
  return { outcome, answer: answers[0] ?? null };
}

const MOST_ANSWER = 300;

function answerWords(answer: HttpResult | null): string {
  if (answer === null) return "nenhuma";
  if (answer.kind === "failed") return answer.detail;
  const text = new TextDecoder().decode(answer.body).replace(/[\p{C}\p{Z}]+/gu, " ").trim().slice(0, MOST_ANSWER);
  return `HTTP ${answer.status}${text === "" ? "" : `: ${text}`}`;
}

/** What the outcome of a test card means for the operator, and what to do. */
export function adviceFor(outcome: SendOutcome): string {
  switch (outcome.kind) {
    case "delivered":
      return "O Teams aceitou o cartão. Confira no canal: o título começa com TESTE. Se não aparecer em um minuto, veja as execuções do fluxo no Power Automate.";
    case "retry":
      return `Não entregue (${outcome.reason}). O monitor tentaria de novo sozinho; se o teste continuar assim, confira rede, proxy (HTTPS_PROXY) e certificados (VERIFY_CA).`;
    case "gone":
      return outcome.status === 401 || outcome.status === 403
        ? `O webhook recusou o acesso (HTTP ${outcome.status}). Confira se TEAMS_WEBHOOK_URL foi copiada inteira, com tudo o que vem depois de "?".`
        : `O webhook não existe mais ou está desligado (HTTP ${outcome.status}). Crie outro no canal (Workflows) e troque TEAMS_WEBHOOK_URL.`;
    case "refused":
      return `O webhook recusou este cartão (HTTP ${outcome.status}). Confira TEAMS_FORMAT: adaptivecard para Workflows, messagecard para conectores do Office 365.`;
    case "stopped":
      return "Interrompido antes da resposta.";
  }
}
