// Bounds what is asked at once: a page asks for a handful, and more than this means that the answers do not come.
import type { FromHistory } from "../ports/history.ts";

const MOST = 64;

/** `work` counts until it has ended, also where nobody waits for it any more. */
export function createQuestions(isClosed: () => boolean): <T>(work: () => Promise<FromHistory<T>>) => Promise<FromHistory<T>> {
  let open = 0;
  return async (work) => {
    if (isClosed()) return { ok: false, reason: "o histórico foi encerrado" };
    if (open >= MOST) return { ok: false, reason: "consultas demais ao mesmo tempo" };
    open += 1;
    try {
      return await work();
    } finally {
      open -= 1;
    }
  };
}
