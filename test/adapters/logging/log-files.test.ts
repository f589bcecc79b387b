// Log files on a real disk: midnight, what is kept, a disk that refuses, a folder that goes away.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createDailyFile, type DailyFile } from "../../../src/adapters/logging/daily-file.ts";
import { parseWallClock } from "../../../src/domain/local-time.ts";

const ZONE = "America/Sao_Paulo";
let folder = "";
let path = "";
let now = 0;
let troubles: (string | null)[] = [];
let file: DailyFile;

function clock(text: string): void {
  now = parseWallClock(text, ZONE) ?? NaN;
}
function open(): DailyFile {
  return createDailyFile({ path, zone: ZONE, now: () => now, keep: 7, onTrouble: (code) => troubles.push(code) });
}
function names(): string[] {
  return readdirSync(dirname(path)).sort();
}
function content(name = "rele.log"): string {
  return readFileSync(join(dirname(path), name), "utf8");
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pvmonitor-log-"));
  path = join(folder, "rele", "rele.log");
  troubles = [];
  clock("2025-12-01 10:15:00");
  file = open();
});
afterEach(() => {
  file.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("midnight", () => {
  it("puts the day's lines aside under its date, by the zone's clock and whatever the process's", () => {
    clock("2025-12-01 23:59:59.999");
    file.write("ontem");
    clock("2025-12-02 00:00:00");
    file.write("hoje");
    expect(names()).toEqual(["rele.log", "rele.log.2025-12-01"]);
    expect([content("rele.log.2025-12-01"), content()]).toEqual(["ontem\n", "hoje\n"]);
  });

  it("keeps seven days, and leaves the files of others alone", () => {
    for (let day = 1; day <= 12; day++) {
      clock(`2025-12-${String(day).padStart(2, "0")} 12:00:00`);
      file.write(`dia ${day}`);
      if (day === 1) writeFileSync(join(dirname(path), "rele.log.bak"), "");
    }
    expect(names()).toEqual(["rele.log", ...["05", "06", "07", "08", "09", "10", "11"].map((day) => `rele.log.2025-12-${day}`), "rele.log.bak"]);
    expect(content("rele.log.2025-12-05")).toBe("dia 5\n");
  });

  it("never writes over a file that has the name already", () => {
    file.write("1 de dezembro");
    writeFileSync(`${path}.2025-12-01`, "do antecessor\n");
    clock("2025-12-02 08:00:00");
    file.write("2 de dezembro");
    expect([content("rele.log.2025-12-01"), content("rele.log.2025-12-01.1"), content()]).toEqual(["do antecessor\n", "1 de dezembro\n", "2 de dezembro\n"]);
  });

  it("stepped back over is a day like any other: nothing is lost", () => {
    clock("2025-12-02 00:30:00");
    file.write("dia 2");
    clock("2025-12-01 23:30:00");
    file.write("dia 1");
    clock("2025-12-02 00:10:00");
    file.write("dia 2 de novo");
    expect([content("rele.log.2025-12-02"), content("rele.log.2025-12-01"), content()]).toEqual(["dia 2\n", "dia 1\n", "dia 2 de novo\n"]);
  });
});

describe("a file that an earlier process left", () => {
  it.each([["2025-12-01 00:00:10", ["rele.log"], "antes\nagora\n"], ["2025-11-30 23:59:50", ["rele.log", "rele.log.2025-11-30"], "agora\n"]])(
    "last written at %s", (text, expected, live) => {
      mkdirSync(dirname(path));
      writeFileSync(path, "antes\n");
      const written = (parseWallClock(text, ZONE) ?? NaN) / 1000;
      utimesSync(path, written, written);
      file.write("agora");
      expect(names()).toEqual(expected);
      expect(content()).toBe(live);
    });
});

describe("half a line, left by a full disk or a power cut", () => {
  it("does not swallow the next", () => {
    mkdirSync(dirname(path));
    writeFileSync(path, "inteira\nmei");
    utimesSync(path, now / 1000, now / 1000);
    file.write("nova");
    file.write("outra");
    expect(content()).toBe("inteira\nmei\nnova\noutra\n");
  });
});

describe("trouble", () => {
  it("with the folder is told once, does not throw, and ends when the folder is back", () => {
    writeFileSync(dirname(path), "aqui deveria haver uma pasta");
    file.write("perdida");
    file.write("perdida");
    now += 60_000;
    file.write("perdida");
    expect(troubles).toHaveLength(1);
    rmSync(dirname(path));
    now += 9_000;
    file.write("cedo demais");
    expect(existsSync(path)).toBe(false);
    now += 1_000;
    file.write("de volta");
    expect([troubles, content()]).toEqual([["EEXIST", null], "de volta\n"]);
  });

  it("that ends while the clock was stepped back is not waited for", () => {
    writeFileSync(dirname(path), "");
    file.write("perdida");
    rmSync(dirname(path));
    now -= 3_600_000;
    file.write("de volta");
    expect(content()).toBe("de volta\n");
  });

  it("of a removed folder, a removed file, a file moved away: made anew", () => {
    file.write("um");
    rmSync(dirname(path), { recursive: true });
    file.write("dois");
    expect(content()).toBe("dois\n");
    rmSync(path);
    file.write("três");
    expect(content()).toBe("três\n");
    renameSync(path, `${path}.velho`);
    file.write("quatro");
    expect([content("rele.log.velho"), content(), troubles]).toEqual(["três\n", "quatro\n", []]);
  });

  it.each([["a full disk", "/dev/full", /^ENOSPC$/], ["a folder in which nothing can be made", "/sys/pvmonitor/rele.log", /^E(PERM|ROFS|ACCES)$/]])("of %s is told once", (_, place, code) => {
    const full = createDailyFile({ path: place, zone: ZONE, now: () => now, keep: 7, onTrouble: (told) => troubles.push(told) });
    full.write("não cabe");
    full.write("não cabe");
    full.close();
    expect(troubles).toEqual([expect.stringMatching(code)]);
  });
});
