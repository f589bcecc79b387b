// The monitor with a lock that is looked at ten times a second instead of every minute.
import { runCommand } from "../../src/cli/run.ts";

process.exitCode = await runCommand(100);
