// A thread of the history: its first message is its setup, the others are tasks, one at a time. What goes wrong is an answer, too.
import { parentPort } from "node:worker_threads";
import { failureOf } from "./failures.ts";
import type { Request, Setup } from "./messages.ts";
import { createReader, createWriter, TaskError } from "./roles.ts";

const ROLES = { writer: createWriter, reader: createReader };

parentPort?.once("message", (setup: Setup) => {
  const work = ROLES[setup.role](setup);
  parentPort?.on("message", ({ id, task }: Request) => {
    try {
      const value = work(task);
      parentPort?.postMessage({ id, ok: true, value });
    } catch (error) {
      parentPort?.postMessage({ id, ok: false, failure: error instanceof TaskError ? error.failure : failureOf(error) });
    }
  });
});
