// Loaded into the monitor's process before anything else (--import): spoils one thing that the promises rest on, to see it caught.
import fs from "node:fs";
import fsp from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { LOCK_FILE } from "../../src/adapters/system/instance-lock.ts";
import { partsOf } from "./fs-steps.ts";

/** The state is overwritten where it is; it is never replaced; what is owed is not in it; any number of instances may run. */
export type Flaw = "in-place" | "never-replaced" | "nothing-owed" | "unlocked";

const flaw = process.env["FLAW"] ?? "";
const { open, rename } = fsp;
const { openSync, statSync } = fs;

const withoutTmp = (path: string): string => (flaw === "in-place" ? path.replace(/\.tmp$/, "") : path);
const ownLock = <P>(path: P): P | string => (flaw === "unlocked" && typeof path === "string" && path.endsWith(LOCK_FILE) ? `${path}.${String(process.pid)}` : path);

Object.assign(fsp, {
  open: async (path: string, ...rest: [flags?: string, mode?: number]) => {
    const file = await open(withoutTmp(path), ...rest);
    const writeFile = file.writeFile.bind(file);
    if (flaw === "nothing-owed") file.writeFile = (content) => writeFile([...partsOf(content)].join("").replace(/"pending_notifications":\[[^]*\],\n"digests"/, '"pending_notifications":[],\n"digests"'));
    return file;
  },
  rename: async (from: string, to: string) => {
    if (flaw === "in-place" || (flaw === "never-replaced" && fs.existsSync(to))) return;
    await rename(from, to);
  },
});
Object.assign(fs, {
  openSync: (path: fs.PathLike, ...rest: [flags: string, mode?: number]) => openSync(ownLock(path), ...rest),
  statSync: (path: fs.PathLike, ...rest: [options?: fs.StatOptions]) => statSync(ownLock(path), ...rest),
});
syncBuiltinESMExports();
