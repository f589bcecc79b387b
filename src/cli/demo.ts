// `pvmonitor demo`: one day in about a minute. A simulated PVOperation and Teams over real HTTP, the real monitor between
// them as a process that is killed at noon (or as three workers, of which one is), and at the end the proof that nothing was lost.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Writable } from "node:stream";
import { playDay, type DayEnd } from "./demo/play-day.ts";
import { NoPostgresError, startPostgres, type PostgresServer } from "./demo/postgres-server.ts";
import { prepareDatabase } from "./demo/prepare-database.ts";
import { createScreen, type Screen } from "./demo/screen.ts";
import { makeDemoFile } from "../simulator/demo-world.ts";
import type { ScenarioFile } from "../simulator/scenario.ts";

export interface DemoOptions {
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Simulator and monitor stay up after the day, until the stop. */
  readonly keep: boolean;
  /** Three workers on a PostgreSQL instead of one monitor on files. */
  readonly cluster?: boolean;
  /** Real time that the day is to take. */
  readonly seconds?: number;
  readonly color?: boolean;
  readonly plants?: number;
  /** Wall clock, `HH:MM`; the whole day where absent. */
  readonly from?: string;
  readonly to?: string;
  /** Ends the demo at once, as SIGINT and SIGTERM do. */
  readonly stop?: AbortSignal;
}

const SIGNALS = ["SIGINT", "SIGTERM"] as const;
const SECONDS = 58;
const EXIT_LOST = 1;
const EXIT_INTERRUPTED = 130;

export async function runDemo(options: DemoOptions): Promise<number> {
  const { stdout, stderr, keep, seconds = SECONDS, color } = options;
  const stop = new AbortController();
  const onStop = (): void => { stop.abort(); };
  for (const signal of SIGNALS) process.on(signal, onStop);
  options.stop?.addEventListener("abort", onStop);
  stdout.on("error", onStop); // nobody reads any more (EPIPE)
  const folder = await mkdtemp(join(tmpdir(), "pvmonitor-demo-"));
  const screen = createScreen(stdout, color);
  try {
    const day = { file: dayOf(options), folder, screen, stdout, keep, seconds, stop: stop.signal };
    const end = await (options.cluster === true ? onPostgres((database) => playDay({ ...day, database }), stop.signal) : playDay({ ...day, database: null }));
    return codeOf(end, screen, stderr);
  } finally {
    screen.close();
    for (const signal of SIGNALS) process.off(signal, onStop);
    stdout.off("error", onStop);
    await rm(folder, { recursive: true, force: true });
  }
}

/** With a database that is ready for it; it is gone afterwards. */
async function onPostgres(play: (database: string) => Promise<DayEnd>, stop: AbortSignal): Promise<DayEnd> {
  let server: PostgresServer;
  try {
    server = await startPostgres();
  } catch (error) {
    if (!(error instanceof NoPostgresError)) throw error;
    return { kind: "broken", reason: error.message };
  }
  try {
    const address = await server.createDatabase();
    await prepareDatabase(address);
    return stop.aborted ? { kind: "stopped" } : await play(address);
  } finally {
    await server.close();
  }
}

function codeOf(end: DayEnd, screen: Screen, stderr: Writable): number {
  if (end.kind === "told") return end.isSound ? 0 : EXIT_LOST;
  screen.close();
  stderr.write(end.kind === "stopped" ? "Demonstração interrompida.\n" : `pvmonitor demo: ${end.reason}\n`);
  return end.kind === "stopped" ? EXIT_INTERRUPTED : EXIT_LOST;
}

function dayOf({ plants = 24, from, to }: DemoOptions): ScenarioFile {
  const file = makeDemoFile({ plants });
  const at = (time: string | undefined, standard: string): string => (time === undefined ? standard : `${standard.slice(0, 11)}${time}:00`);
  return { ...file, start: at(from, file.start), end: at(to, file.end) };
}
