// The database of the state, reached and found fit; or why not, and what to do. The monitor waits for one that is down, a command does not.
import { openDatabase, type Database } from "../../adapters/postgres/database.ts";
import { adviceFor, failureWord } from "../../adapters/postgres/failures.ts";
import { schemaState, tooOldServer } from "../../adapters/postgres/migrations.ts";
import { trustedAuthorities } from "../../adapters/http/trusted-authorities.ts";
import { duration } from "../../adapters/teams/words.ts";
import type { Config } from "../../config/config.ts";
import { PRINCIPAL } from "../../config/drafts.ts";
import type { DatabaseAddress } from "../../config/database-url.ts";
import { MINUTE_MS, SECOND_MS } from "../../domain/local-time.ts";
import type { Clock } from "../../ports/clock.ts";
import { EXIT_SETTINGS } from "../settings.ts";

const RETRY_MS = 2 * SECOND_MS;
const TELL_MS = MINUTE_MS;
const EXIT_REFUSED = 1;

export interface Waiting {
  readonly clock: Clock;
  readonly stop: AbortSignal;
  readonly say: (text: string) => void;
}

export type Connected =
  | { readonly ok: true; readonly database: Database }
  /** `exit` 0: stopped while it waited. */
  | { readonly ok: false; readonly exit: number; readonly text: string };

export interface ConnectOptions {
  readonly address: DatabaseAddress;
  readonly ca: Config["ca"];
  /** Null: one try. */
  readonly waiting?: Waiting | null;
  /** `pvmonitor migrate` comes before there is one. */
  readonly needsSchema?: boolean;
}

/** Never with the login. */
export function placeOf({ host, port, name }: DatabaseAddress): string {
  return `PostgreSQL em ${host.includes(":") ? `[${host}]` : host}:${port}/${name}`;
}

/** The state of one account in it. */
export function placeOfState(address: DatabaseAddress, account: string): string {
  return account === PRINCIPAL ? placeOf(address) : `${placeOf(address)}, conta ${account}`;
}

export async function connect({ address, ca, waiting = null, needsSchema = true }: ConnectOptions): Promise<Connected> {
  const database = openDatabase(address, trustedAuthorities(ca));
  const refused = await refusal(database, placeOf(address), waiting, needsSchema);
  if (refused === null) return { ok: true, database };
  await database.close();
  return { ok: false, ...refused };
}

async function refusal({ query }: Database, place: string, waiting: Waiting | null, needsSchema: boolean): Promise<{ readonly exit: number; readonly text: string } | null> {
  const begunMs = waiting?.clock.monotonicMs() ?? 0;
  let toldMs: number | null = null;
  for (;;) {
    try {
      const tooOld = await tooOldServer(query);
      if (tooOld !== null) return { exit: EXIT_REFUSED, text: `${place}: o servidor é da versão ${tooOld}; é preciso a 15 ou mais nova` };
      const wrong = needsSchema ? schemaWords(await schemaState(query)) : null;
      if (wrong === null && toldMs !== null && waiting !== null) waiting.say(`${place} respondeu, depois de ${duration(waiting.clock.monotonicMs() - begunMs)}.`);
      return wrong === null ? null : { exit: EXIT_REFUSED, text: `${place}: ${wrong}` };
    } catch (error) {
      const advice = adviceFor(error);
      if (advice !== null) return { exit: EXIT_SETTINGS, text: `${place}: ${advice}` };
      const silent = `${place} não responde (${failureWord(error)})`;
      if (waiting === null) return { exit: EXIT_REFUSED, text: `${silent}; confira se o servidor está no ar, a rede, e DATABASE_URL` };
      const nowMs = waiting.clock.monotonicMs();
      if (toldMs === null || nowMs - toldMs >= TELL_MS) {
        waiting.say(`${silent}; o monitor espera por ele. Se continuar, confira o servidor, a rede, e DATABASE_URL.`);
        toldMs = nowMs;
      }
      await waiting.clock.sleep(RETRY_MS, waiting.stop);
      if (waiting.stop.aborted) return { exit: 0, text: `${silent}; encerrado enquanto esperava` };
    }
  }
}

/** Of a command whose connection ended, or was refused, after it had begun. */
export function brokenWords(error: unknown): string {
  return `o PostgreSQL deixou de responder no meio do comando (${failureWord(error)}); rode de novo, e se continuar confira o servidor, a rede, e DATABASE_URL`;
}

function schemaWords({ kind, version }: Awaited<ReturnType<typeof schemaState>>): string | null {
  if (kind === "usable") return null;
  if (kind === "newer") return `o esquema (versão ${version}) é de um pvmonitor mais novo que este; atualize este pvmonitor`;
  return version === 0
    ? 'o banco ainda não foi preparado; rode "pvmonitor migrate"'
    : `o esquema (versão ${version}) é de um pvmonitor mais antigo que este; rode "pvmonitor migrate"`;
}
