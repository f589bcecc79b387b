// .ci/run counts and fails as it should, whatever becomes of the tests; npm is a stand-in here.
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { root } from "./planted-project.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pvmonitor-ci-"));
  mkdirSync(join(folder, ".ci"));
  cpSync(join(root, ".ci/run"), join(folder, ".ci/run"));
});
afterEach(() => { rmSync(folder, { recursive: true }); });

const passed = { status: "passed", assertionResults: [] };
const withFailure = { status: "failed", assertionResults: [{ status: "failed" }] };
const notLoaded = { status: "failed", assertionResults: [] };

it.each([
  ["all is well", { numPassedTests: 12, numFailedTests: 0, testResults: [passed] }, 0, "12 passed, 0 failed", 0],
  ["tests fail", { numPassedTests: 10, numFailedTests: 2, testResults: [withFailure] }, 1, "10 passed, 2 failed", 1],
  ["a file cannot be loaded", { numPassedTests: 10, numFailedTests: 0, testResults: [passed, notLoaded] }, 1, "10 passed, 1 failed", 1],
  ["something else fails", { numPassedTests: 10, numFailedTests: 0, testResults: [passed] }, 7, "10 passed, 1 failed", 7],
  ["a check fails before the tests", null, 2, "0 passed, 1 failed", 2],
  ["nothing was tested", null, 0, "0 passed, 1 failed", 1],
  ["no test was found", { numPassedTests: 0, numFailedTests: 0, testResults: [] }, 0, "0 passed, 1 failed", 1],
])("where %s", (_, report, npmCode, line, code) => {
  const npm = join(folder, "npm");
  const write = report === null ? ":" : `printf '%s' '${JSON.stringify(report)}' > "$VITEST_JSON"`;
  writeFileSync(npm, `#!/bin/sh\n[ "$1" = ci ] && exit 0\n${write}\nexit ${npmCode}\n`);
  chmodSync(npm, 0o755);
  const run = spawnSync(join(folder, ".ci/run"), { encoding: "utf8", env: { PATH: `${folder}:${dirname(process.execPath)}:/usr/bin:/bin` } });
  expect([run.stdout.trimEnd().split("\n").at(-1), run.status]).toEqual([line, code]);
});

it("where nothing can be installed", () => {
  writeFileSync(join(folder, "npm"), "#!/bin/sh\nexit 3\n");
  chmodSync(join(folder, "npm"), 0o755);
  const run = spawnSync(join(folder, ".ci/run"), { encoding: "utf8", env: { PATH: `${folder}:${dirname(process.execPath)}:/usr/bin:/bin` } });
  expect([run.stdout.trim(), run.status]).toEqual(["0 passed, 1 failed", 3]);
});
