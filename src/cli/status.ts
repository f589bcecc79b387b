// `pvmonitor status`: what the state on disk says. Only reads; works while the monitor runs.
import type { Writable } from "node:stream";
import { createShadowMessenger } from "../adapters/teams/teams-messenger.ts";
import { statusView, type StatusView, type Waiting } from "../app/status-view.ts";
import type { Config } from "../config/config.ts";
import { isoWithOffset, type EpochMs } from "../domain/local-time.ts";
import { muteLines } from "./mute/mute-lines.ts";
import { findState } from "./status/find-state.ts";
import { statusText, type StatusFacts } from "./status/status-text.ts";

export interface StatusOptions {
  readonly config: Config;
  readonly stdout: Writable;
  /** For machines: one JSON object; times are ISO with the offset of the configured zone. */
  readonly json: boolean;
}

const EXIT_NO_STATE = 1;

export async function showStatus({ config, stdout, json }: StatusOptions): Promise<number> {
  const now = Date.now();
  const { found, place: path, lock } = await findState(config, now);
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
