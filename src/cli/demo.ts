// `pvmonitor demo`: one day in about a minute. A simulated PVOperation and Teams over real HTTP, the real monitor between
// them as a process that is killed at noon, and at the end the proof that nothing was lost.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Writable } from "node:stream";
import { playDay, type DayEnd } from "./demo/play-day.ts";
import { createScreen } from "./demo/screen.ts";
import { makeDemoFile } from "../simulator/demo-world.ts";
import type { ScenarioFile } from "../simulator/scenario.ts";

export interface DemoOptions {
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Simulator and monitor stay up after the day, until the stop. */
  readonly keep: boolean;
  /** Real time that the day is to take. */
  readonly seconds?: number;
  readonly color?: boolean;
  readonly plants?: number;
  /** Wall clock, `HH:MM`; the whole day where absent. */
  readonly from?: string;
  readonly to?: string;
  /** Ends the demo at once; without it SIGINT and SIGTERM do. */
  readonly stop?: AbortSignal;
}

const SECONDS = 58;
const EXIT_LOST = 1;
const EXIT_INTERRUPTED = 130;

export async function runDemo(options: DemoOptions): Promise<number> {
  const { stdout, stderr, keep, seconds = SECONDS, color } = options;
  const signals = options.stop === undefined ? listenToSignals() : { stop: options.stop, forget: () => undefined };
  const folder = await mkdtemp(join(tmpdir(), "pvmonitor-demo-"));
  const screen = createScreen(stdout, color);
  try {
    return codeOf(await playDay({ file: dayOf(options), folder, screen, stdout, keep, seconds, stop: signals.stop }), stderr);
  } finally {
    screen.close();
    signals.forget();
    await rm(folder, { recursive: true, force: true });
  }
}

function codeOf(end: DayEnd, stderr: Writable): number {
  if (end.kind === "told") return end.isSound ? 0 : EXIT_LOST;
  stderr.write(end.kind === "stopped" ? "Demonstração interrompida.\n" : `pvmonitor demo: ${end.reason}\n`);
  return end.kind === "stopped" ? EXIT_INTERRUPTED : EXIT_LOST;
}

function dayOf({ plants = 24, from, to }: DemoOptions): ScenarioFile {
  const file = makeDemoFile({ plants });
  const at = (time: string | undefined, standard: string): string => (time === undefined ? standard : `${standard.slice(0, 11)}${time}:00`);
  return { ...file, start: at(from, file.start), end: at(to, file.end) };
}

function listenToSignals(): { readonly stop: AbortSignal; readonly forget: () => void } {
  const stop = new AbortController();
  const onSignal = (): void => { stop.abort(); };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, onSignal);
  return {
    stop: stop.signal,
    forget: () => {
      for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, onSignal);
    },
  };
}
