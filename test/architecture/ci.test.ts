// .ci/run counts and fails as it should, whatever becomes of the tests; npm is a stand-in here.
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { root } from "./planted-project.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pvmonitor-ci-"));
  mkdirSync(join(folder, ".ci"));
  cpSync(join(root, ".ci/run"), join(folder, ".ci/run"));
  standIn("promtool", ":"); // nothing is installed here
});
function standIn(name: string, script: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, name), 0o755);
}
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
  const write = report === null ? ":" : `printf '%s' '${JSON.stringify(report)}' > "$VITEST_JSON"`;
  standIn("npm", `[ "$1" = ci ] && exit 0\n${write}\nexit ${npmCode}`);
  const run = spawnSync(join(folder, ".ci/run"), { encoding: "utf8", env: { PATH: `${folder}:${dirname(process.execPath)}:/usr/bin:/bin` } });
  expect([run.stdout.trimEnd().split("\n").at(-1), run.status]).toEqual([line, code]);
});

it("where nothing can be installed", () => {
  standIn("npm", "exit 3");
  const run = spawnSync(join(folder, ".ci/run"), { encoding: "utf8", env: { PATH: `${folder}:${dirname(process.execPath)}:/usr/bin:/bin` } });
  expect([run.stdout.trim(), run.status]).toEqual(["0 passed, 1 failed", 3]);
});

// With nothing else on its path, so that the machine's own promtool and apt-get stay out of it.
describe.each([
  ["installs it as root", "0", 'echo "$@" >> apt.log', "update -qq\ninstall -y -qq --no-install-recommends prometheus", ""],
  ["goes on where that fails", "0", 'echo "$@" >> apt.log; exit 100', "update -qq", "could not be installed"],
  ["goes on where it may not", "1000", 'echo "$@" >> apt.log', "", "can only be installed as root"],
])("without promtool", (what, uid, apt, asked, said) => {
  it(what, () => {
    rmSync(join(folder, "promtool"));
    for (const tool of ["bash", "sh", "env", "dirname", "mktemp", "rm"]) symlinkSync(`/usr/bin/${tool}`, join(folder, tool));
    symlinkSync(process.execPath, join(folder, "node"));
    standIn("id", `echo ${uid}`);
    standIn("timeout", 'shift; exec "$@"');
    standIn("apt-get", apt);
    standIn("npm", "exit 3");
    const run = spawnSync(join(folder, ".ci/run"), { encoding: "utf8", env: { PATH: folder } });
    const log = existsSync(join(folder, "apt.log")) ? readFileSync(join(folder, "apt.log"), "utf8").trim() : "";
    expect([run.stdout.trim(), run.status, log]).toEqual(["0 passed, 1 failed", 3, asked]);
    expect(run.stderr).toContain(said);
  });
});
