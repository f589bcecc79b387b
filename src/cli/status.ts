// `pvmonitor status`: what the state on disk says. Only reads; works while the monitor runs.
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Writable } from "node:stream";
import { STATE_FILE } from "../adapters/file-store/file-store.ts";
import { createShadowMessenger } from "../adapters/teams/teams-messenger.ts";
import { statusView, type StatusView, type Waiting } from "../app/status-view.ts";
import type { Config } from "../config/config.ts";
import { codeOf } from "../config/faults.ts";
import { isoWithOffset, type EpochMs } from "../domain/local-time.ts";
import type { MonitorState } from "../domain/monitor-state.ts";
import { readState } from "../state-codec/read-state.ts";
import { muteLines } from "./mute/mute-lines.ts";
import { lockHolder } from "./status/lock-holder.ts";
import { statusText, type StatusFacts } from "./status/status-text.ts";

export interface StatusOptions {
  readonly config: Config;
  readonly stdout: Writable;
  /** For machines: one JSON object; times are ISO with the offset of the configured zone. */
  readonly json: boolean;
}

const EXIT_NO_STATE = 1;

type Found =
  | { readonly state: MonitorState; readonly savedAt: EpochMs; readonly isPredecessor: boolean }
  | { readonly wrong: string };

export async function showStatus({ config, stdout, json }: StatusOptions): Promise<number> {
  const now = Date.now();
  const path = join(config.stateDir, STATE_FILE);
  const [found, lock] = await Promise.all([findState(path, config.zone, now), lockHolder(config.stateDir)]);
  if ("wrong" in found) {
    stdout.write(json ? `${JSON.stringify({ error: found.wrong, file: path, lock })}\n` : `pvmonitor status: ${found.wrong}\n`);
    return EXIT_NO_STATE;
  }
  const { state, savedAt, isPredecessor } = found;
  const { zone, rulesOf, relayPlants, relayIntervalMs, inverterIntervalMs, teams } = config;
  const view = statusView(state, { now, zone, rulesOf, relayPlants, intervalMs: { relay: relayIntervalMs, inverter: inverterIntervalMs } });
  // The card's words, without sending one.
  const messenger = createShadowMessenger(teams.format);
  const titleOf = ({ notice, since }: Waiting): string => messenger.compose({ kind: "notice", notice, committedAt: since }, false)[0].title;
  const facts: StatusFacts = { view, zone, path, savedAt, lock, isPredecessor, teamsEnabled: teams.enabled, titleOf, mutes: muteLines(view.mutes, now, rulesOf) };
  stdout.write(json ? `${escaped(JSON.stringify(jsonOf(facts), null, 2))}\n` : statusText(facts));
  return 0;
}

export async function findState(path: string, zone: string, now: EpochMs): Promise<Found> {
  try {
    const [bytes, { mtimeMs }] = [await readFile(path), await stat(path)];
    const read = readState(bytes, zone, now);
    if (read.kind === "corrupt") return { wrong: `${path} não é um estado que se possa ler: ${read.reason}. O monitor o põe de lado ao iniciar, e começa do zero` };
    return { state: read.state, savedAt: Math.min(mtimeMs, now), isPredecessor: read.kind === "predecessor" };
  } catch (error) {
    const code = codeOf(error);
    return { wrong: code === "ENOENT"
      ? `${path} não existe: o monitor ainda não gravou estado nesta pasta. Confira STATE_DIR e se o comando roda na pasta do monitor`
      : `${path} não pôde ser lido (${code}); rode como o usuário do serviço` };
  }
}

/** JSON leaves some of what a terminal obeys, or hides, as it is: the same text, written out. */
export function escaped(json: string): string {
  const written = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return json.replace(/[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => character.split("").map(written).join(""));
}

const TIMES: ReadonlySet<string> = new Set<keyof StatusView | keyof Waiting | "last" | "savedAt" | "until">(["at", "since", "last", "nextTry", "savedAt", "until"]);

function jsonOf({ view, zone, path, savedAt, lock, isPredecessor, titleOf }: StatusFacts): unknown {
  const time = (at: EpochMs | null): string | null => (at === null ? null : isoWithOffset(at, zone));
  const { lastCycle, outbox, ...rest } = view;
  const whole = {
    file: path, savedAt, isPredecessor, lock, ...rest,
    lastCycle: { relay: time(lastCycle.relay), inverter: time(lastCycle.inverter) },
    outbox: outbox.map((waiting) => ({ ...waiting, notice: undefined, title: titleOf(waiting) })),
  };
  return JSON.parse(JSON.stringify(whole, (key, value: unknown) => (typeof value === "number" && TIMES.has(key) ? time(value) : value)));
}
