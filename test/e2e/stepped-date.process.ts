// The monitor on a wall clock that is CLOCK_AHEAD_MS ahead until it gets SIGUSR2: set right, as NTP would. Monotonic time stays true.
import { runCommand } from "../../src/cli/run.ts";

const trueNow = Date.now;
let aheadMs = Number(process.env["CLOCK_AHEAD_MS"]);
Date.now = () => trueNow() + aheadMs;
process.once("SIGUSR2", () => { aheadMs = 0; });

process.exitCode = await runCommand();
