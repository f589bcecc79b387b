// Holds the lock of the folder that it is given, says so on its channel, and waits to be ended.
import { acquireLock } from "../../src/adapters/system/instance-lock.ts";

const held = acquireLock(process.argv[2] ?? "");
process.send?.(held.ok ? "held" : held.reason);
process.on("disconnect", () => process.exit(0));
