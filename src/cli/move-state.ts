// `pvmonitor import-state` and `export-state`: the state from a file into the database, and back.
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Writable } from "node:stream";
import { holdName } from "../adapters/postgres/holding.ts";
import { createPostgresStore, lastSaved } from "../adapters/postgres/postgres-store.ts";
import { writeWhole } from "../adapters/report/report-shelf.ts";
import { counted } from "../adapters/teams/words.ts";
import type { Config } from "../config/config.ts";
import { codeOf } from "../config/faults.ts";
import { StateUnreadableError } from "../ports/store.ts";
import { createEncoder } from "../state-codec/encode-state.ts";
import { readState } from "../state-codec/read-state.ts";
import { withDatabase } from "./database/with-database.ts";

interface Parts {
  readonly config: Config;
  readonly stdout: Writable;
  readonly stderr: Writable;
}

/** 0: done; 1: it could not be done, and nothing changed; 2: settings. */
export async function importState({ config, stdout, stderr, file, replace }: Parts & { readonly file: string; readonly replace: boolean }): Promise<number> {
  return withDatabase({ name: "import-state", config, stderr }, async (database, place, fail) => {
    const bytes = await readFile(file).catch((error: unknown) => codeOf(error));
    if (typeof bytes === "string") return fail(`${file} não pôde ser lido (${bytes})`);
    const read = readState(bytes, config.zone, Date.now());
    if (read.kind === "corrupt") return fail(`${file} não é um estado que se possa ler: ${read.reason}`);
    // Held until the connection ends: no monitor begins meanwhile.
    if (!(await database.hold([holdName(config.account)], () => undefined))) return fail("um monitor trabalha neste banco; pare-o antes");
    if (!replace && await lastSaved(database, config.account) !== null) return fail("o banco já tem um estado; para trocá-lo por este arquivo, use --replace");
    const saved = await createPostgresStore({ database, tenant: config.account, zone: config.zone, onTaken: () => undefined }).save(read.state);
    if (!saved.ok) return fail(`o estado não pôde ser gravado (${saved.detail}); rode de novo`);
    const { plants, outbox } = read.state;
    const origin = read.kind === "predecessor" ? " do monitor anterior" : "";
    stdout.write(`${place}: estado${origin} importado: ${counted(plants.size, "usina", "usinas")}, ${counted(outbox.length, "aviso por enviar", "avisos por enviar")}.\n`);
    stdout.write(`Tire ${file} de STATE_DIR, ou guarde-o como cópia: o monitor com DATABASE_URL não o lê mais.\n`);
    return 0;
  });
}

/** To standard output where `out` is null. */
export async function exportState({ config, stdout, stderr, out }: Parts & { readonly out: string | null }): Promise<number> {
  return withDatabase({ name: "export-state", config, stderr }, async (database, place, fail) => {
    try {
      const { state, origin } = await createPostgresStore({ database, tenant: config.account, zone: config.zone, onTaken: () => undefined }).load(Date.now());
      if (origin === "none") return fail("o monitor ainda não gravou estado neste banco");
      const text = await createEncoder(config.zone)(state);
      if (out === null) {
        stdout.write(text);
        return 0;
      }
      const written = await writeWhole(resolve(out), new TextEncoder().encode(text));
      if (!written.ok) return fail(`${out} não pôde ser gravado (${written.reason})`);
      stdout.write(`${place}: estado gravado em ${out}.\n`);
      return 0;
    } catch (error) {
      if (!(error instanceof StateUnreadableError)) throw error;
      return fail(error.message);
    }
  });
}
