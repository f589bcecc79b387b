// From a happening to console and files: format, secrets, one line an event, and nothing that could stop the monitor.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createTelemetry, type Log, type LogOptions } from "../../../src/adapters/logging/create-telemetry.ts";
import { redactor } from "../../../src/config/secrets.ts";

fc.configureGlobal({ seed: 4 }); // what CI says must not depend on luck

const now = Date.parse("2025-12-01T13:15:00.123Z");
let folder = "";
let written: string[] = [];
const logs: Log[] = [];

function log(options: Partial<LogOptions> = {}): Log {
  const console = new Writable({ decodeStrings: false, write(chunk: string, _encoding, done) { written.push(chunk); done(); } });
  const made = createTelemetry({ zone: "America/Sao_Paulo", level: "info", format: "text", folder, console, now: () => now, redact: (text) => text, ...options });
  logs.push(made);
  return made;
}
function file(name: "rele" | "inversor"): string {
  return readFileSync(join(folder, name, `${name}.log`), "utf8");
}
const started = (note: string): Parameters<Log["tell"]>[0] => ({ kind: "monitor.started", version: "1", pid: 7, host: "h", note });
const unusable = (example: string): Parameters<Log["tell"]>[0] =>
  ({ kind: "records.unusable", scan: "inverter", count: 1, example, plant: { id: "1", name: "UFV A", capacityKwp: null, zone: "America/Recife" } });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pvmonitor-telemetry-"));
  written = [];
});
afterEach(() => {
  for (const made of logs.splice(0)) made.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("text", () => {
  it("is as the predecessor wrote it, in the zone of the plants, on console and in the file of its kind", () => {
    const made = log();
    made.tell({ kind: "monitor.stopped", isSaved: true });
    made.tell(unusable("x"));
    const lines = [
      "2025-12-01 10:15:00,123 - pvmonitor.rele - INFO - Monitor parado: estado salvo, trava liberada\n",
      "2025-12-01 10:15:00,123 - pvmonitor.inversor - WARNING - [PVOP] UFV A (1): 1 registro inutilizável de inversores; exemplo: x\n",
    ];
    expect(written).toEqual(lines);
    expect([file("rele"), file("inversor")]).toEqual(lines);
  });
});

describe("json", () => {
  it("has time with offset, level, logger, kind and message, one object a line", () => {
    const made = log({ format: "json" });
    made.tell({ kind: "monitor.stopped", isSaved: true });
    made.say("error", "fim");
    expect(file("rele").trimEnd().split("\n").map((line): unknown => JSON.parse(line))).toEqual([
      { level: "info", time: "2025-12-01T10:15:00.123-03:00", logger: "pvmonitor.rele", kind: "monitor.stopped", msg: "Monitor parado: estado salvo, trava liberada" },
      { level: "error", time: "2025-12-01T10:15:00.123-03:00", logger: "pvmonitor.rele", msg: "fim" },
    ]);
    expect(written.join("")).toBe(file("rele"));
  });

  it("tells of a disk that refuses, whatever the level", () => {
    writeFileSync(join(folder, "rele"), "");
    let at = now;
    const made = log({ format: "json", level: "error", now: () => at });
    made.say("error", "um");
    made.say("error", "dois");
    rmSync(join(folder, "rele"));
    at += 60_000;
    made.say("error", "tres");
    expect(written.map((line) => /"msg":"(\w+|\[LOG\].* (?:não pode|voltou))/.exec(line)?.[1]?.replace(/ .* /, " "))).toEqual(["um", "[LOG] pode", "dois", "tres", "[LOG] voltou"]);
  });
});

describe("levels", () => {
  it.each([["debug", 4], ["info", 3], ["warn", 2], ["error", 1]] as const)("%s", (level, lines) => {
    const made = log({ level });
    for (const said of ["debug", "info", "warn", "error"] as const) made.say(said, said);
    expect(written).toHaveLength(lines);
  });
});

describe("one event", () => {
  it.each(["text", "json"] as const)("is one line, whatever it holds (%s)", (format) => {
    const made = log({ format });
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 50 }), (text) => {
      written = [];
      made.tell(unusable(text));
      expect(written).toHaveLength(1);
      expect(written[0]?.slice(0, -1)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
    }));
  });

  it.each(["text", "json"] as const)("holds no secret (%s)", (format) => {
    const secret = fc.string({ unit: fc.constantFrom("s", "3", "é", "\"", "\\", "%", "&", "/"), minLength: 12, maxLength: 40 });
    fc.assert(fc.property(secret, fc.boolean(), (text, encoded) => {
      written = [];
      const made = log({ format, redact: redactor([text]) });
      made.tell(started(`erro em https://x/?k=${encoded ? encodeURIComponent(text) : text} fim`));
      made.close();
      for (const place of [written.join(""), file("rele")]) {
        expect(place).not.toContain(text);
        expect(place).not.toContain(encodeURIComponent(text));
        expect(place).toContain("fim");
      }
    }), { numRuns: 50 });
  });
});

describe("trouble", () => {
  it("with the files is said once on the console, and does not stop the lines", () => {
    writeFileSync(join(folder, "rele"), "aqui deveria haver uma pasta");
    const made = log();
    made.say("info", "um");
    made.say("info", "dois");
    made.tell(unusable("x"));
    expect(written.map((line) => line.split(" - ")[3]?.slice(0, 30).trimEnd())).toEqual([
      "um", `[LOG] ${join(folder, "rele", "rele.log")}`.slice(0, 30), "dois", "[PVOP] UFV A (1): 1 registro i",
    ]);
    expect(file("inversor")).toContain("[PVOP]");
  });

  it("with the console leaves the files", () => {
    const console = new Writable({ write(_chunk, _encoding, done) { done(Object.assign(new Error("gone"), { code: "EPIPE" })); } });
    const made = log({ console });
    made.say("info", "um");
    made.say("info", "dois");
    expect(file("rele").split("\n")).toHaveLength(3);
  });

  it("with a reader that closes the pipe does not end the process", async () => {
    const module = new URL("../../../src/adapters/logging/create-telemetry.ts", import.meta.url).href;
    const program = `
      import { createTelemetry } from ${JSON.stringify(module)};
      const log = createTelemetry({ zone: "UTC", level: "info", format: "text", folder: null, console: process.stdout, now: () => 0, redact: (t) => t });
      process.stdin.on("data", () => { for (let n = 0; n < 50; n++) log.say("info", "linha"); });
      process.stdin.on("end", () => { process.exitCode = 7; });
      log.say("info", "primeira");`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", program], { stdio: ["pipe", "pipe", "inherit"] });
    await once(child.stdout, "data");
    child.stdout.destroy();
    await once(child.stdout, "close");
    child.stdin.write("x");
    child.stdin.end();
    expect(await once(child, "exit")).toEqual([7, null]);
  });
});
