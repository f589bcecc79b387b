// Log files on a real disk while the clock does as it likes: one file a local date, no line lost, none in another day's file.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createDailyFile } from "../../src/adapters/logging/daily-file.ts";

interface Row {
  readonly name: string;
  readonly zone: string;
  /** Instants of the lines. */
  readonly lines: readonly string[];
  /** Lines, by their number, of each file. */
  readonly files: Readonly<Record<string, string>>;
}

const rows: Row[] = [
  { name: "23:00 twice: no midnight between them", zone: "America/Santiago", lines: ["2026-04-05T02:59:59Z", "2026-04-05T03:00:00Z", "2026-04-05T03:59:59Z", "2026-04-05T04:00:00Z"],
    files: { "rele.log.2026-04-04": "0 1 2", "rele.log": "3" } },
  { name: "a date that begins at 01:00", zone: "America/Santiago", lines: ["2026-09-06T03:59:59Z", "2026-09-06T04:00:00Z", "2026-09-07T02:59:59Z", "2026-09-07T03:00:00Z"],
    files: { "rele.log.2026-09-05": "0", "rele.log.2026-09-06": "1 2", "rele.log": "3" } },
  { name: "asleep for three days", zone: "America/Sao_Paulo", lines: ["2025-12-01T15:00:00Z", "2025-12-04T15:00:00Z"], files: { "rele.log.2025-12-01": "0", "rele.log": "1" } },
  { name: "back over midnight and on", zone: "America/Sao_Paulo", lines: ["2025-12-02T02:59:00Z", "2025-12-02T03:01:00Z", "2025-12-02T02:58:00Z", "2025-12-02T03:02:00Z"],
    files: { "rele.log.2025-12-01": "0", "rele.log.2025-12-02": "1", "rele.log.2025-12-01.1": "2", "rele.log": "3" } },
  { name: "30 days ahead and back", zone: "America/Sao_Paulo", lines: ["2025-12-01T15:00:00Z", "2025-12-31T15:00:00Z", "2025-12-01T16:00:00Z", "2025-12-02T16:00:00Z"],
    files: { "rele.log.2025-12-01": "0", "rele.log.2025-12-31": "1", "rele.log.2025-12-01.1": "2", "rele.log": "3" } },
];

test.each(rows)("$name", ({ zone, lines, files }) => {
  const folder = mkdtempSync(join(tmpdir(), "pvmonitor-clock-"));
  onTestFinished(() => { rmSync(folder, { recursive: true, force: true }); });
  let now = 0;
  const file = createDailyFile({ path: join(folder, "rele.log"), zone, now: () => now, keep: 7, onTrouble: (code) => { throw new Error(String(code)); } });
  for (const [i, at] of lines.entries()) {
    now = Date.parse(at);
    file.write(String(i));
  }
  file.close();
  const written = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8").trim().split("\n").join(" ")]);
  expect(Object.fromEntries(written)).toEqual(files);
});
