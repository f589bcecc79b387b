// Loaded into the monitor's process before anything else (--import): it ends by SIGKILL at one step of what it does to its state folder.
import { createHash } from "node:crypto";
import { openSync, writeSync } from "node:fs";
import { z } from "zod";
import { aroundSteps } from "./fs-steps.ts";

const { STOP_FOLDER: folder, STOP_STEP: stopAt, STOP_MOMENT: moment, STOP_NOTES: notes } = z.object({
  STOP_FOLDER: z.string(), STOP_STEP: z.coerce.number().int(), STOP_MOMENT: z.enum(["before", "middle", "after"]), STOP_NOTES: z.string(),
}).parse(process.env);

const notesFile = openSync(notes, "w");
/** What was written, and what was safe: a killed process loses none of these lines. */
const note = (line: string): void => { writeSync(notesFile, `${line}\n`); };

function die(): Promise<never> {
  process.kill(process.pid, "SIGKILL");
  return new Promise(() => undefined);
}

let taken = 0;
let content = "";
aroundSteps(folder, async (step, doIt, half) => {
  taken += 1;
  const isLast = taken === stopAt;
  if (step.op === "open") content = "";
  if (step.op === "write") content += step.content;
  if (step.op === "fsync") note(`wrote ${createHash("sha256").update(content).digest("hex")}`);
  if (isLast) note(`ends ${moment} ${step.op}`);
  if (isLast && moment === "before") await die();
  if (isLast && moment === "middle") {
    await half();
    await die();
  }
  await doIt();
  if (step.op === "fsync-folder") note("safe");
  if (isLast && moment === "after") await die();
});
