// A second process for instance-lock.test.ts: takes the lock of the folder given, says how it went, holds it until its input ends.
import { acquireLock } from "../../../src/adapters/system/instance-lock.ts";

const result = acquireLock(process.argv[2] ?? "");
process.stdout.write(`${JSON.stringify(result.ok ? { ok: true } : result)}\n`);
process.stdin.resume();
