// Reads the whole history once (seconds, where it is large) and prints what is wrong with it. A process of its own, because SQLite cannot
// be called back: a thread within it would hold up the end of the monitor.
import { DatabaseSync } from "node:sqlite";
import { BrokenFileError, failureOf } from "./failures.ts";
import type { Failure } from "./messages.ts";

function quickCheck(path: string): Failure | null {
  try {
    using db = new DatabaseSync(path, { readOnly: true });
    const found = String(db.prepare("PRAGMA quick_check(1)").get()?.["quick_check"]);
    if (found !== "ok") throw new BrokenFileError(`quick_check: ${found.replaceAll(/\s+/g, " ").slice(0, 200)}`);
    return null;
  } catch (error) {
    return failureOf(error);
  }
}

process.stdout.write(JSON.stringify(quickCheck(process.argv[2] ?? "")));
