// `pvmonitor simulate FILE`: events to standard output, the log to standard error.
import { readFile, writeFile } from "node:fs/promises";
import type { Writable } from "node:stream";
import { codeOf } from "../config/faults.ts";
import { simulate } from "../simulate.ts";
import { parseScenario, ScenarioError, type Scenario } from "../simulator/scenario.ts";
import { EXIT_SETTINGS } from "./settings.ts";

export interface SimulateOptions {
  readonly file: string;
  /** Where the final state is written; null: nowhere. */
  readonly stateOut: string | null;
  readonly quiet: boolean;
  readonly stdout: Writable;
  readonly stderr: Writable;
}

export async function simulateCommand({ file, stateOut, quiet, stdout, stderr }: SimulateOptions): Promise<number> {
  const scenario = await readScenario(file);
  if (typeof scenario === "string") {
    stderr.write(`pvmonitor simulate: ${scenario}\n`);
    return EXIT_SETTINGS;
  }
  try {
    const state = await simulate(scenario, { event: (line) => stdout.write(`${line}\n`), log: quiet ? null : stderr });
    if (stateOut !== null) await writeFile(stateOut, state ?? "", "utf8");
    return 0;
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    stderr.write(`pvmonitor simulate: ${file}: ${error.faults.join("; ")}\n`);
    return EXIT_SETTINGS;
  }
}

/** The scenario, or in one line why there is none. */
export async function readScenario(file: string): Promise<Scenario | string> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    return `${file} não pôde ser lido (${codeOf(error)})`;
  }
  try {
    return parseScenario(JSON.parse(text));
  } catch (error) {
    if (error instanceof ScenarioError) return `${file}: ${error.faults.join("; ")}`;
    return `${file} não é JSON (${error instanceof Error ? error.message : String(error)})`;
  }
}
