// Which second signal ends the monitor at once, and which is only the first one's echo.
import { expect, test } from "vitest";
import { isEcho, type ReceivedSignal } from "../../src/cli/run.ts";

const first: ReceivedSignal = { signal: "SIGINT", atMs: 1_000 };

test.each<[string, ReceivedSignal, boolean]>([
  ["passed on by the launcher", { signal: "SIGINT", atMs: 1_004 }, true],
  ["a person's second Ctrl+C", { signal: "SIGINT", atMs: 1_101 }, false],
  ["another signal", { signal: "SIGTERM", atMs: 1_001 }, false],
])("%s", (_, second, echo) => {
  expect(isEcho(first, second)).toBe(echo);
});
