import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    pool: "forks",
    maxWorkers: 2,
    // A test that hangs is a failure, not a wait; a busy machine takes its time. Those with a browser or many processes set their own.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // .ci/run counts from this file.
    reporters: process.env["VITEST_JSON"] === undefined ? ["default"] : ["default", ["json", { outputFile: process.env["VITEST_JSON"] }]],
    // What the machine's own settings say must not decide how a test ends.
    env: { TZ: "Pacific/Auckland" },
  },
});
