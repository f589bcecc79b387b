// Has a mute begun or ended by whoever writes the state: the running monitor, asked by a file, or else this very process, holding its lock.
import { setTimeout as pause } from "node:timers/promises";
import { Writable } from "node:stream";
import { requestWords } from "../../adapters/desk/request-words.ts";
import { createTelemetry } from "../../adapters/logging/create-telemetry.ts";
import { acquireLock } from "../../adapters/system/instance-lock.ts";
import { putRequest, readAnswer, withdrawRequest, type FolderAnswer } from "../../adapters/system/request-folder.ts";
import { createSystemClock } from "../../adapters/system/system-clock.ts";
import { createLedger } from "../../app/ledger.ts";
import { applyMuteRequest } from "../../app/operator-requests.ts";
import type { Config } from "../../config/config.ts";
import { codeOf } from "../../config/faults.ts";
import { redactor, secretsOf } from "../../config/secrets.ts";
import type { MuteAnswer, MuteRequest } from "../../ports/operator-requests.ts";
import { openStore } from "../database/command-store.ts";
import { foreignOwner } from "../foreign-owner.ts";

const LONGEST_WAIT_MS = 15_000;
const LOOK_MS = 250;
export const EXIT_NOT_DONE = 1;
export const EXIT_REFUSED = 2;

/** What to print, and the exit code. `waitMs`: how long a running monitor may take. */
export async function askMonitor(config: Config, request: MuteRequest, by: string, waitMs = LONGEST_WAIT_MS): Promise<FolderAnswer> {
  const { stateDir } = config;
  const foreign = foreignOwner(stateDir);
  if (foreign !== null) return { exit: EXIT_NOT_DONE, text: foreign };
  try {
    const here = await applyHere(config, request, by, () => Promise.resolve(null));
    if (here !== null) return here;
    const id = await putRequest(stateDir, { by, request });
    const answer = await answerTo(id, config, request, by, performance.now() + waitMs);
    await withdrawRequest(stateDir, id);
    return answer ?? await readAnswer(stateDir, id) ?? {
      exit: EXIT_NOT_DONE,
      text: `O monitor que está no ar não respondeu em ${Math.round(waitMs / 1_000)} s, e o pedido foi retirado. Confira em "pvmonitor mutes" e no log; um monitor de versão anterior não entende pedidos.`,
    };
  } catch (error) {
    return { exit: EXIT_NOT_DONE, text: `O pedido não pôde ser gravado em ${stateDir} (${codeOf(error)}); rode como o usuário do serviço e verifique espaço em disco.` };
  }
}

async function answerTo(id: string, config: Config, request: MuteRequest, by: string, deadlineMs: number): Promise<FolderAnswer | null> {
  while (performance.now() < deadlineMs) {
    const answer = await readAnswer(config.stateDir, id);
    if (answer !== null) return answer;
    await pause(LOOK_MS);
    // Who held the lock may have been another command, or a monitor that has ended since.
    const here = await applyHere(config, request, by, () => readAnswer(config.stateDir, id));
    if (here !== null) return here;
  }
  return null;
}

/** Null where another process holds the lock. `answered`: the answer of a monitor that did it before it ended. */
async function applyHere(config: Config, request: MuteRequest, by: string, answered: () => Promise<FolderAnswer | null>): Promise<FolderAnswer | null> {
  const held = acquireLock(config.stateDir);
  if (!held.ok) return held.reason === "taken" ? null : { exit: EXIT_NOT_DONE, text: `A trava ${held.path} não pôde ser aberta (${held.code}); rode como o usuário do serviço.` };
  try {
    return await answered() ?? await applyHolding(config, request, by);
  } finally {
    held.lock.release();
  }
}

async function applyHolding(config: Config, request: MuteRequest, by: string): Promise<FolderAnswer> {
  const clock = createSystemClock();
  const telemetry = createTelemetry({
    zone: config.zone, level: config.logLevel, format: config.logFormat, folder: config.logDir,
    console: new Writable({ write: (_chunk, _encoding, done) => { done(); } }), now: () => clock.now(), redact: redactor(secretsOf(config)),
  });
  const opened = await openStore(config);
  if (!opened.ok) {
    telemetry.close();
    return { exit: EXIT_NOT_DONE, text: `Nada mudou: ${opened.text}.` };
  }
  const { store } = opened;
  try {
    const { state } = await store.load(clock.now());
    const ledger = createLedger({ initial: state, store, clock, telemetry, zone: config.zone, stop: AbortSignal.abort(), afterSave: () => undefined });
    const answer = await applyMuteRequest({ ledger, clock, telemetry, settings: config }, request, by);
    if (answer.kind === "not-saved") return { exit: EXIT_NOT_DONE, text: `Nada mudou: o estado não pôde ser gravado (${answer.detail}). Verifique espaço em disco e permissão de ${config.stateDir}.` };
    return { exit: exitOf(answer), text: `${requestWords(answer).text} O monitor está parado; vale a partir do próximo início.` };
  } finally {
    await opened.close();
    telemetry.close();
  }
}

export function exitOf({ kind }: MuteAnswer): number {
  return kind === "refused" ? EXIT_REFUSED : kind === "not-saved" ? EXIT_NOT_DONE : 0;
}
