// The running monitor's end of the request folder: looks every second, does what is asked, answers.
import { requestWords } from "../../adapters/desk/request-words.ts";
import { answerRequest, readRequests } from "../../adapters/system/request-folder.ts";
import { applyMuteRequest } from "../../app/operator-requests.ts";
import type { Companion } from "../../app/supervisor.ts";
import { codeOf } from "../../config/faults.ts";
import { exitOf } from "./exit-codes.ts";

const LOOK_MS = 1_000;

/** A folder that cannot be read or written costs the requests, never the monitor. */
export function serveRequests(stateDir: string, warn: (text: string) => void): Companion {
  return async ({ context }) => {
    const { clock, stop, isNewsOfTheDay } = context;
    const complain = (error: unknown): void => {
      const code = codeOf(error);
      if (isNewsOfTheDay(`pedidos ${code}`)) warn(`[SILÊNCIO] A pasta de pedidos não pôde ser lida ou escrita (${code}): pvmonitor mute e unmute ficam sem resposta`);
    };
    while (!stop.aborted) {
      const { requests, rejected } = await readRequests(stateDir, clock.now()).catch((error: unknown) => {
        complain(error);
        return { requests: [], rejected: [] };
      });
      for (const { name, why } of rejected) warn(`[SILÊNCIO] Pedido descartado: ${name.slice(0, 80)} ${why}`);
      for (const { id, by, request } of requests) {
        const answer = await applyMuteRequest(context, request, by);
        await answerRequest(stateDir, id, { exit: exitOf(answer), text: requestWords(answer).text }).catch(complain);
      }
      await clock.sleep(LOOK_MS, stop);
    }
  };
}
