// A scenario with what a scenario file cannot say: clocks that jump, disks that fail, processes that die in the middle of a call.
import { z } from "zod";
import { parseScenario, type Scenario, type ScenarioFile } from "../../src/simulator/scenario.ts";

const window = { from: z.string(), to: z.string() };

const chaosSchema = z.object({
  /** From here on nothing fails any more: what is owed must arrive. Times are the world's wall clock, as in a scenario. */
  calm: z.string(),
  /** Seconds after `calm` at which everything owed must have arrived; a card that was refused has an hour. */
  graceS: z.number(),
  /** Longest answer of API and Teams, in milliseconds; each takes up to this long, by chance. */
  latencyMs: z.number().default(0),
  /** Longest write to the disk, in milliseconds. */
  diskMs: z.number().default(0),
  /** Seconds from the end of a process to the start of the next. */
  restartS: z.number().default(1),
  /** Calls of API and Teams that fail by chance, in percent. */
  flaky: z.array(z.object({ ...window, percent: z.number() })).default([]),
  disk: z.array(z.object({ ...window, fault: z.enum(["ENOSPC", "EROFS", "EACCES"]) })).default([]),
  /** `step`: the machine's clock is set; `suspend`: the machine stands still for so long. */
  clock: z.array(z.object({ at: z.string(), seconds: z.number(), kind: z.enum(["step", "suspend"]) })).default([]),
  /** The process ends at the n-th use of a port after a moment; with `power` also what was not forced to the device is gone. */
  crashes: z.array(z.object({
    after: z.string(), port: z.enum(["write", "rename", "sync", "call", "send"]), nth: z.number().int().positive(),
    moment: z.enum(["before", "during", "after"]), power: z.boolean(),
  })).default([]),
});

export type Chaos = z.infer<typeof chaosSchema>;
export type ChaosFile = z.input<typeof chaosSchema>;
export type FuzzFile = ScenarioFile & { readonly chaos: ChaosFile };

export interface FuzzCase {
  readonly scenario: Scenario;
  readonly chaos: Chaos;
}

/** A plain scenario is calm from its end on: it is only watched. */
export function parseFuzzFile(json: unknown): FuzzCase {
  const scenario = parseScenario(json);
  const { chaos } = z.object({ chaos: chaosSchema.default({ calm: scenario.end, graceS: 0, latencyMs: 0, diskMs: 0, restartS: 0, flaky: [], disk: [], clock: [], crashes: [] }) }).parse(json);
  return { scenario, chaos };
}
