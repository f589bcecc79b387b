// `pvmonitor mute`, `unmute`, `mutes`: silence for maintenance, with and without a running monitor.
import { userInfo } from "node:os";
import type { Writable } from "node:stream";
import { listMutes } from "../app/mute-list.ts";
import type { Config } from "../config/config.ts";
import { isoWithOffset } from "../domain/local-time.ts";
import type { MonitorState } from "../domain/monitor-state.ts";
import type { MuteRequest } from "../ports/operator-requests.ts";
import { askMonitor } from "./mute/ask-monitor.ts";
import { EXIT_NOT_DONE, EXIT_REFUSED } from "./mute/exit-codes.ts";
import { muteLines } from "./mute/mute-lines.ts";
import { findDevice, findPlant, momentAfter, momentAt, type Sought } from "./mute/targets.ts";
import { escaped } from "./status.ts";
import { findState } from "./status/find-state.ts";
import { printable } from "./terminal/text-width.ts";

export interface CommandParts {
  readonly config: Config;
  readonly stdout: Writable;
  readonly stderr: Writable;
}

export interface MuteOptions extends CommandParts {
  readonly plant: string;
  readonly device: string | null;
  /** One of them: a moment of the plant's clock, or a length. */
  readonly until: string | null;
  readonly length: string | null;
  readonly reason: string;
}

/** 0: silent; 1: it could not be done; 2: no such plant or device, or not a moment or reason that may be. */
export async function muteCommand(options: MuteOptions): Promise<number> {
  const { config, plant, device, until, length, reason } = options;
  const now = Date.now();
  const state = await stateOf(options);
  if (state === null) return EXIT_NOT_DONE;
  if ((until === null) === (length === null)) return wrong(options, "diga até quando com --until ou --for, um dos dois");
  const sought = findPlant(state, plant);
  if ("wrong" in sought) return wrong(options, sought.wrong);
  const { info } = sought.found;
  const target: Sought<string | null> = device === null ? { found: null } : findDevice(sought.found, device);
  if ("wrong" in target) return wrong(options, target.wrong);
  const end = until === null ? momentAfter(length ?? "", now) : momentAt(until, config.rulesOf(info).zone, now);
  if ("wrong" in end) return wrong(options, end.wrong);
  return tell(options, [{ kind: "mute", plantId: info.id, device: target.found, until: end.found, reason }]);
}

export interface UnmuteOptions extends CommandParts {
  /** The mute's number, or the plant: then all of its mutes. */
  readonly target: string;
}

export async function unmuteCommand(options: UnmuteOptions): Promise<number> {
  const state = await stateOf(options);
  if (state === null) return EXIT_NOT_DONE;
  const named = state.monitor.mutes.find(({ id }) => id === options.target.trim().toUpperCase());
  if (named !== undefined) return tell(options, [{ kind: "unmute", muteId: named.id }]);
  const sought = findPlant(state, options.target);
  if ("wrong" in sought) return wrong(options, `nenhum silêncio tem esse número, e ${sought.wrong}`);
  const { info } = sought.found;
  // The plant's own last: its end tells of all its devices, in one card.
  const ids = state.monitor.mutes.filter(({ plantId }) => plantId === info.id).toSorted((a, b) => Number(a.device === null) - Number(b.device === null)).map(({ id }) => id);
  if (ids.length === 0) return wrong(options, `${info.name} (${info.id}) não está em silêncio; veja "pvmonitor mutes"`);
  return tell(options, ids.map((muteId) => ({ kind: "unmute", muteId })));
}

export async function showMutes({ config, stdout, json }: Omit<CommandParts, "stderr"> & { readonly json: boolean }): Promise<number> {
  const now = Date.now();
  const { found, place: path } = await findState(config, now);
  if ("wrong" in found) {
    stdout.write(json ? `${JSON.stringify({ error: found.wrong, file: path })}\n` : `pvmonitor mutes: ${found.wrong}\n`);
    return EXIT_NOT_DONE;
  }
  const mutes = listMutes(found.state, now);
  if (json) {
    const rows = mutes.map((mute) => {
      const { zone } = config.rulesOf({ id: mute.plantId, name: mute.plantName });
      return { ...mute, since: isoWithOffset(mute.since, zone), until: isoWithOffset(mute.until, zone) };
    });
    stdout.write(`${escaped(JSON.stringify({ file: path, at: isoWithOffset(now, config.zone), mutes: rows }, null, 2))}\n`);
  } else {
    const lines = mutes.length === 0 ? ["Em silêncio: nada"] : [`Em silêncio: ${mutes.length}`, ...muteLines(mutes, now, config.rulesOf).map((line) => `  ${line}`)];
    stdout.write(`${lines.map(printable).join("\n")}\n`);
  }
  return 0;
}

async function tell({ config, stdout, stderr }: CommandParts, requests: readonly MuteRequest[]): Promise<number> {
  let worst = 0;
  for (const request of requests) {
    const { exit, text } = await askMonitor(config, request, operator());
    (exit === 0 ? stdout : stderr).write(`${printable(text)}\n`);
    worst = Math.max(worst, exit);
  }
  return worst;
}

/** Null where there is none to go by; why was told. */
async function stateOf({ config, stderr }: CommandParts): Promise<MonitorState | null> {
  const { found } = await findState(config, Date.now());
  if (!("wrong" in found) && !found.isPredecessor) return found.state;
  stderr.write(`${printable(`pvmonitor: ${"wrong" in found ? found.wrong : "o estado ainda é do monitor anterior: inicie o pvmonitor uma vez antes"}`)}\n`);
  return null;
}

function wrong({ stderr }: CommandParts, text: string): number {
  stderr.write(`${printable(`pvmonitor: ${text}`)}.\n`);
  return EXIT_REFUSED;
}

function operator(): string {
  try {
    return `linha de comando (${userInfo().username.slice(0, 64)})`;
  } catch {
    return `linha de comando (uid ${process.getuid?.() ?? "?"})`; // a user without a name, as in a container
  }
}
