// The weekly reports as files: STATE_DIR/relatorios, readable by the service's user alone, the newest 60 kept.
import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { WeeklyReport } from "../../domain/weekly-report.ts";
import type { Done, ReportDesk, ReportFile } from "../../ports/reports.ts";

const FOLDER = "relatorios";
const MOST_KEPT = 60;
const OURS = /^pvmonitor-\d{4}-W\d{2}\.xlsx$/;

export function createReportDesk(stateDir: string): ReportDesk {
  return {
    compose: composeFile,
    async keep(file) {
      const folder = join(stateDir, FOLDER);
      const written = await writeWhole(join(folder, file.name), file.content);
      if (!written.ok) return written;
      await dropOldest(folder).catch(() => undefined); // one file too many harms nobody
      return { ok: true, value: `${FOLDER}/${file.name}` };
    },
    async find(week) {
      const name = fileName(week);
      const content = await readFile(join(stateDir, FOLDER, name)).catch(() => null);
      return content === null ? null : { name, content };
    },
  };
}

function fileName(week: string): string {
  return `pvmonitor-${week}.xlsx`;
}

/** Once a week is seldom: until then the library takes no memory. */
async function composeFile(report: WeeklyReport): Promise<ReportFile> {
  const { composeWorkbook } = await import("./workbook.ts");
  return { name: fileName(report.week.name), content: await composeWorkbook(report) };
}

/** The old file or the new one, whole, whatever happens; mode 0600. */
export async function writeWhole(path: string, content: Uint8Array): Promise<Done<null>> {
  const temporary = `${path}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await rm(temporary, { force: true }); // an older one could have other rights
    await writeAndSync(temporary, content);
    await rename(temporary, path);
    return { ok: true, value: null };
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    return { ok: false, reason: error instanceof Error && "code" in error ? String(error.code) : "erro de escrita" };
  }
}

async function writeAndSync(path: string, content: Uint8Array): Promise<void> {
  await using file = await open(path, "wx", 0o600);
  await file.writeFile(content);
  await file.sync();
}

async function dropOldest(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => OURS.test(name)).sort();
  for (const name of names.slice(0, -MOST_KEPT)) await rm(join(folder, name), { force: true });
}
