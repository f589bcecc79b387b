// Small words of the log: times, durations, numbers, reasons. And one line out of any text.
import { isoLocal, type EpochMs } from "../../domain/local-time.ts";
import type { NotifiedPlant } from "../../domain/notification.ts";
import type { Reason } from "../../ports/plant-api.ts";

const REASONS: Readonly<Record<Reason, string>> = {
  timeout: "sem resposta a tempo",
  connection: "sem conexão",
  throttled: "pedidos demais",
  "server-error": "erro do servidor",
  "http-status": "resposta inesperada",
  "login-refused": "login recusado",
  "login-unavailable": "login indisponível",
  unauthorized: "acesso negado",
  "invalid-id": "usina de outra conta",
  "plant-error": "erro da usina",
  "bad-json": "resposta que não é JSON",
  "wrong-shape": "resposta em formato inesperado",
  "too-large": "resposta grande demais",
  stopped: "monitor parando",
  nobody: "nenhum processo a concluiu",
};

function isReason(word: string): word is Reason {
  return Object.hasOwn(REASONS, word);
}

/** The reason in words, with the word by which metrics and documents know it. */
export function because(reason: string, detail = ""): string {
  const words = isReason(reason) ? `${REASONS[reason]} (${reason})` : reason;
  return detail === "" ? words : `${words}: ${detail}`;
}

/** `01/12/2025 10:05:00`, wall clock of `zone`. */
export function moment(at: EpochMs, zone: string): string {
  const [date = "", time = ""] = isoLocal(at, zone).split("T");
  return `${date.split("-").reverse().join("/")} ${time}`;
}

/** `850 ms`, `12,3 s`, `35 min`, `1 h 20 min`. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1).replace(".", ",").replace(",0", "")} s`;
  const minutes = Math.round(ms / 60_000);
  if (minutes < 60) return `${minutes} min`;
  return minutes % 60 === 0 ? `${Math.trunc(minutes / 60)} h` : `${Math.trunc(minutes / 60)} h ${minutes % 60} min`;
}

/** `1 usina`, `27 usinas`, `2.269 leituras`. */
export function counted(n: number, one: string, many = `${one}s`): string {
  return `${String(n).replace(/\B(?=(\d{3})+$)/g, ".")} ${n === 1 ? one : many}`;
}

export function plantName({ name, id }: Pick<NotifiedPlant, "name" | "id">): string {
  return `${name} (${id})`;
}

const LONGEST = 4_000;
// Controls, line and paragraph separators, everything that turns or hides text on a terminal, and halves of characters.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** One event, one line: what a terminal would obey instead of show is written out, and the length is bounded. */
export function oneLine(text: string): string {
  const bounded = text.length > LONGEST ? `${text.slice(0, LONGEST)}… (+${text.length - LONGEST} caracteres)` : text;
  return bounded.replace(UNPRINTABLE, (character) => {
    if (character === "\n") return "\\n";
    return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`;
  });
}
