// Has a mute begun or ended by whoever writes the state: the running monitor, asked by a file, or else this very process, holding its lock.
import { setTimeout as pause } from "node:timers/promises";
import { Writable } from "node:stream";
import { requestWords } from "../../adapters/desk/request-words.ts";
import { createFileStore } from "../../adapters/file-store/file-store.ts";
import { createTelemetry, type Log } from "../../adapters/logging/create-telemetry.ts";
import { holdName, isHeld } from "../../adapters/postgres/holding.ts";
import { openTenantState } from "../../adapters/postgres/tenant-state.ts";
import { acquireLock } from "../../adapters/system/instance-lock.ts";
import { createNodeDisk } from "../../adapters/system/node-disk.ts";
import { putRequest, readAnswer, withdrawRequest, type FolderAnswer } from "../../adapters/system/request-folder.ts";
import { createSystemClock } from "../../adapters/system/system-clock.ts";
import { createLedger, openWhole } from "../../app/ledger.ts";
import { applyMuteRequest } from "../../app/operator-requests.ts";
import type { Config } from "../../config/config.ts";
import type { DatabaseAddress } from "../../config/database-url.ts";
import { codeOf } from "../../config/faults.ts";
import { redactor, secretsOf } from "../../config/secrets.ts";
import type { Clock } from "../../ports/clock.ts";
import type { OpenState } from "../../ports/ledger.ts";
import type { MuteAnswer, MuteRequest } from "../../ports/operator-requests.ts";
import { StateUnreadableError } from "../../ports/store.ts";
import type { Telemetry } from "../../ports/telemetry.ts";
import { brokenWords, connect, placeOfState } from "../database/connect.ts";
import { foreignOwner } from "../foreign-owner.ts";
import { EXIT_NOT_DONE, exitOf } from "./exit-codes.ts";

const LONGEST_WAIT_MS = 15_000;
const LOOK_MS = 250;

/** What to print, and the exit code. `waitMs`: how long a running monitor may take. */
export async function askMonitor(config: Config, request: MuteRequest, by: string, waitMs = LONGEST_WAIT_MS): Promise<FolderAnswer> {
  const { stateDir } = config;
  if (config.database !== null) return applyInDatabase(config, config.database, request, by);
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
  const { open } = await openWhole(createFileStore({ disk: createNodeDisk(config.stateDir), zone: config.zone }), clock.now());
  const telemetry = openLog(config, clock);
  try {
    const answer = await applyTo(open, { config, clock, telemetry }, request, by);
    if (answer.kind === "not-saved") return { exit: EXIT_NOT_DONE, text: `Nada mudou: o estado não pôde ser gravado (${answer.detail}). Verifique espaço em disco e permissão de ${config.stateDir}.` };
    return { exit: exitOf(answer), text: `${requestWords(answer).text} ${LATER}` };
  } finally {
    telemetry.close();
  }
}

const LATER = "O monitor está parado; vale a partir do próximo início.";

/** Workers find it there within seconds. */
async function applyInDatabase(config: Config, address: DatabaseAddress, request: MuteRequest, by: string): Promise<FolderAnswer> {
  const connected = await connect({ address, ca: config.ca });
  if (!connected.ok) return { exit: EXIT_NOT_DONE, text: `Nada mudou: ${connected.text}.` };
  const { database } = connected;
  const clock = createSystemClock();
  const telemetry = openLog(config, clock);
  try {
    const open = await openTenantState({ database, tenant: config.account, zone: config.zone, conducts: false, onTaken: () => undefined });
    const answer = await applyTo(open, { config, clock, telemetry }, request, by);
    if (answer.kind === "not-saved") return { exit: EXIT_NOT_DONE, text: `Nada mudou, até onde se sabe: ${placeOfState(address, config.account)} não confirmou a gravação (${answer.detail}). Confira em "pvmonitor mutes".` };
    const isHeard = await isHeld(database, holdName(config.account));
    return { exit: exitOf(answer), text: answer.kind === "refused" || isHeard ? requestWords(answer).text : `${requestWords(answer).text} ${LATER}` };
  } catch (error) {
    const why = error instanceof StateUnreadableError ? error.message : brokenWords(error);
    return { exit: EXIT_NOT_DONE, text: `${placeOfState(address, config.account)}: ${why}. Confira em "pvmonitor mutes" se algo mudou.` };
  } finally {
    telemetry.close();
    await database.close();
  }
}

interface Asking {
  readonly config: Config;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

function applyTo(open: OpenState, { config, clock, telemetry }: Asking, request: MuteRequest, by: string): Promise<MuteAnswer> {
  const ledger = createLedger({ open, clock, telemetry, zone: config.zone, stop: AbortSignal.abort(), afterSave: () => undefined });
  return applyMuteRequest({ ledger, clock, telemetry, settings: config }, request, by);
}

/** What is done without a monitor stands in its log all the same. */
function openLog(config: Config, clock: Clock): Log {
  return createTelemetry({
    zone: config.zone, level: config.logLevel, format: config.logFormat, folder: config.logDir,
    console: new Writable({ write: (_chunk, _encoding, done) => { done(); } }), now: () => clock.now(), redact: redactor(secretsOf(config)),
  });
}
