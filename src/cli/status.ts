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
  readonly accounts: readonly Config[];
  readonly stdout: Writable;
  /** For machines: one JSON object, with several accounts one in it for each; times are ISO with the offset of the configured zone. */
  readonly json: boolean;
}

const EXIT_NO_STATE = 1;

/** 1 where the state of any could not be had. */
export async function showStatus({ accounts, stdout, json }: StatusOptions): Promise<number> {
  const now = Date.now();
  const isOne = accounts.length === 1;
  const shown: { readonly account: string; readonly told: Told }[] = [];
  for (const config of accounts) {
    const told = await statusOf(config, now);
    shown.push({ account: config.account, told });
    if (!json) stdout.write(isOne ? told.text : `${shown.length === 1 ? "" : "\n"}Conta ${config.account}\n\n${told.text}`);
  }
  if (json) {
    const [first] = shown;
    const content = isOne ? first?.told.json : { accounts: shown.map(({ account, told }) => ({ account, status: told.json })) };
    stdout.write(`${escaped(JSON.stringify(content, null, 2))}\n`);
  }
  return shown.every(({ told }) => told.isThere) ? 0 : EXIT_NO_STATE;
}

interface Told {
  readonly isThere: boolean;
  readonly text: string;
  readonly json: unknown;
}

async function statusOf(config: Config, now: EpochMs): Promise<Told> {
  const { found, place: path, lock, cluster } = await findState(config, now);
  if ("wrong" in found) return { isThere: false, text: `pvmonitor status: ${found.wrong}\n`, json: { error: found.wrong, file: path, lock, cluster } };
  const { state, savedAt, isPredecessor } = found;
  const { zone, rulesOf, relayPlants, relayIntervalMs, inverterIntervalMs, teams } = config;
  const view = statusView(state, { now, zone, rulesOf, relayPlants, intervalMs: { relay: relayIntervalMs, inverter: inverterIntervalMs } });
  // The card's words, without sending one.
  const messenger = createShadowMessenger(teams.format);
  const titleOf = ({ notice, since }: Waiting): string => messenger.compose({ kind: "notice", notice, committedAt: since }, false)[0].title;
  const plantName = (id: string): string | null => state.plants.get(id)?.info.name ?? null;
  const facts: StatusFacts = { view, plantName, zone, path, savedAt, lock, cluster, isPredecessor, teamsEnabled: teams.enabled, titleOf, mutes: muteLines(view.mutes, now, rulesOf) };
  return { isThere: true, text: statusText(facts), json: jsonOf(facts) };
}

/** JSON leaves some of what a terminal obeys, or hides, as it is: the same text, written out. */
export function escaped(json: string): string {
  const written = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return json.replace(/[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => character.split("").map(written).join(""));
}

const TIMES: ReadonlySet<string> = new Set<keyof StatusView | keyof Waiting | "last" | "savedAt" | "until">(["at", "since", "last", "nextTry", "savedAt", "until"]);

function jsonOf({ view, zone, path, savedAt, lock, cluster, isPredecessor, titleOf }: StatusFacts): unknown {
  const time = (at: EpochMs | null): string | null => (at === null ? null : isoWithOffset(at, zone));
  const { lastCycle, outbox, ...rest } = view;
  const whole = {
    file: path, savedAt, isPredecessor, lock, cluster, ...rest,
    lastCycle: { relay: time(lastCycle.relay), inverter: time(lastCycle.inverter) },
    outbox: outbox.map((waiting) => ({ ...waiting, notice: undefined, title: titleOf(waiting) })),
  };
  return JSON.parse(JSON.stringify(whole, (key, value: unknown) => (typeof value === "number" && TIMES.has(key) ? time(value) : value)));
}
