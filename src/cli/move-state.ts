// `pvmonitor import-state` and `export-state`: the state from a file into the database, and back.
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Writable } from "node:stream";
import { holdName } from "../adapters/postgres/holding.ts";
import { lastSaved } from "../adapters/postgres/tenant-rows.ts";
import { readWhole, replaceWhole, type Replaced } from "../adapters/postgres/whole-state.ts";
import { writeWhole } from "../adapters/report/report-shelf.ts";
import { counted } from "../adapters/teams/words.ts";
import type { Config } from "../config/config.ts";
import { codeOf } from "../config/faults.ts";
import { encodeText } from "../state-codec/encode-state.ts";
import { readState } from "../state-codec/read-state.ts";
import { withDatabase } from "./database/with-database.ts";

interface Parts {
  readonly config: Config;
  readonly stdout: Writable;
  readonly stderr: Writable;
}

/** 0: done; 1: it could not be done, and nothing changed, or it says that this is unknown; 2: settings. */
export async function importState({ config, stdout, stderr, file, replace }: Parts & { readonly file: string; readonly replace: boolean }): Promise<number> {
  return withDatabase({ name: "import-state", config, stderr }, async (database, place, fail) => {
    const bytes = await readFile(file).catch((error: unknown) => codeOf(error));
    if (typeof bytes === "string") return fail(`${file} não pôde ser lido (${bytes})`);
    const read = readState(bytes, config.zone, Date.now());
    if (read.kind === "corrupt") return fail(`${file} não é um estado que se possa ler: ${read.reason}`);
    // Held until the connection ends: no monitor begins meanwhile.
    if (!(await database.hold([holdName(config.account)], () => undefined))) return fail("um monitor trabalha neste banco; pare-o antes");
    if (!replace && await lastSaved(database.query, config.account) !== null) return fail("o banco já tem um estado; para trocá-lo por este arquivo, use --replace");
    const replaced = await replaceWhole({ database, tenant: config.account, zone: config.zone, state: read.state });
    if (!replaced.ok) return fail(failedWords(replaced));
    const { plants, outbox } = read.state;
    const origin = read.kind === "predecessor" ? " do monitor anterior" : "";
    stdout.write(`${place}: estado${origin} importado: ${counted(plants.size, "usina", "usinas")}, ${counted(outbox.length, "aviso por enviar", "avisos por enviar")}.\n`);
    stdout.write(`Tire ${file} de STATE_DIR, ou guarde-o como cópia: o monitor com DATABASE_URL não o lê mais.\n`);
    return 0;
  });
}

function failedWords({ detail, isUnknown }: Extract<Replaced, { ok: false }>): string {
  if (!isUnknown) return `o estado não pôde ser gravado (${detail}); rode de novo`;
  return `a conexão caiu antes da confirmação (${detail}), e não se sabe se o estado foi gravado; veja em "pvmonitor status" quando foi, ou rode de novo com --replace, o que não faz mal`;
}

/** To standard output where `out` is null. */
export async function exportState({ config, stdout, stderr, out }: Parts & { readonly out: string | null }): Promise<number> {
  return withDatabase({ name: "export-state", config, stderr }, async (database, place, fail) => {
    const state = await readWhole(database, config.account);
    if (state === null) return fail("o monitor ainda não gravou estado neste banco");
    const text = await encodeText(state, config.zone);
    if (out === null) {
      stdout.write(text);
      return 0;
    }
    const written = await writeWhole(resolve(out), new TextEncoder().encode(text));
    if (!written.ok) return fail(`${out} não pôde ser gravado (${written.reason})`);
    stdout.write(`${place}: estado gravado em ${out}.\n`);
    return 0;
  });
}
