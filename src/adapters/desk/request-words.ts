// Answers to operators' requests in words, for the command line and the page alike.
import { DAY_MS, isoLocal, type EpochMs } from "../../domain/local-time.ts";
import { LONGEST_MUTE_MS, MOST_MUTES, MUTE_REASON } from "../../domain/mute.ts";
import type { SendOutcome } from "../../ports/messenger.ts";
import type { MuteTarget, RefusalReason, RequestAnswer } from "../../ports/operator-requests.ts";

/** `01/12/2025 18:00`, wall clock of `zone`. */
export function shortMoment(at: EpochMs, zone: string): string {
  const [date = "", time = ""] = isoLocal(at, zone).split("T");
  return `${date.split("-").reverse().join("/")} ${time.slice(0, 5)}`;
}

export function requestWords(answer: RequestAnswer): { readonly ok: boolean; readonly text: string } {
  switch (answer.kind) {
    case "muted": {
      const { mute, target, replaced, failing } = answer;
      const until = shortMoment(mute.until, target.plant.zone);
      const before = replaced === null ? "" : ` Toma o lugar do silêncio até ${shortMoment(replaced.until, target.plant.zone)}.`;
      return { ok: true, text: `Em silêncio até ${until}: ${targetWords(target)} (silêncio ${mute.id}).${before} Em falha agora: ${failingWords(failing)}. O fim será dito num cartão, com o que estiver em falha.` };
    }
    case "unmuted":
      return { ok: true, text: `Silêncio encerrado: ${targetWords(answer.target)}. Em falha agora: ${failingWords(answer.failing)}.` };
    case "test-card": {
      const outcome = outcomeWords(answer.outcome);
      return { ok: answer.outcome.kind === "delivered", text: outcome };
    }
    case "not-saved":
      return { ok: false, text: `Feito, mas o estado não pôde ser gravado (${answer.detail}): um reinício antes da próxima gravação o esquece. Verifique espaço em disco e permissão da pasta do estado.` };
    case "refused":
      return { ok: false, text: REFUSALS[answer.why] };
  }
}

const REFUSALS: Readonly<Record<RefusalReason, string>> = {
  "unknown-plant": "Usina desconhecida: o monitor não a tem.",
  "unknown-device": "Aparelho desconhecido: essa usina não tem leituras dele.",
  "until-past": "O fim do silêncio precisa estar no futuro.",
  "until-too-far": `Um silêncio dura no máximo ${LONGEST_MUTE_MS / DAY_MS} dias.`,
  "reason-length": `O motivo precisa ter de ${MUTE_REASON.least} a ${MUTE_REASON.most} caracteres.`,
  "too-many": `Já há ${MOST_MUTES} silêncios; encerre algum antes.`,
  "unknown-mute": "Não há silêncio com esse número: pode já ter acabado.",
  "teams-off": "Nada foi enviado: o Teams está desligado (TEAMS_ENABLED=False).",
};

function targetWords({ plant, device }: MuteTarget): string {
  return `${plant.name} (${plant.id}), ${device === null ? "a usina inteira" : `só o aparelho ${device}`}`;
}

function failingWords(failing: number): string {
  return failing === 0 ? "nada" : String(failing);
}

function outcomeWords(outcome: SendOutcome): string {
  switch (outcome.kind) {
    case "delivered": return "O Teams aceitou o cartão de teste; o título começa com TESTE.";
    case "retry": return `O cartão de teste não foi entregue: ${outcome.reason}.`;
    case "gone": return `O webhook não aceita mais cartões (HTTP ${outcome.status}).`;
    case "refused": return `O Teams recusou o cartão de teste (HTTP ${outcome.status}).`;
    case "stopped": return "O monitor está parando; o cartão de teste não foi enviado.";
  }
}
