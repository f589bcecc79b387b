// Requests to the running monitor as files, for commands on its own machine: whoever may write its state folder may ask, nobody else.
// A request is one small file, `<uuid>.json`; its answer lies beside it. What is no request, too large or too old is thrown away.
import { constants } from "node:fs";
import { lstat, mkdir, open, opendir, rename, rm } from "node:fs/promises";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import { SECOND_MS, type EpochMs } from "../../domain/local-time.ts";

export const REQUEST_FOLDER = "pedidos";
const MOST_BYTES = 8_192;
/** Looked at in one go; the others wait for the next. */
const MOST_ENTRIES = 200;
/** Whoever asked has given up long before. */
const STALE_MS = 60 * SECOND_MS;
/** Answers that nobody fetched, and whatever else lies there. */
const LITTER_MS = 600 * SECOND_MS;
const UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";
const REQUEST_NAME = new RegExp(`^(${UUID})\\.json$`);

const fileSchema = z.object({
  by: z.string().min(1).max(100),
  request: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("mute"), plantId: z.string().min(1).max(64), device: z.string().min(1).max(200).nullable(), until: z.number().int(), reason: z.string().max(1_000) }),
    z.object({ kind: z.literal("unmute"), muteId: z.string().min(1).max(64) }),
  ]),
});
type RequestFile = z.infer<typeof fileSchema>;
export interface FolderRequest extends RequestFile { readonly id: string }

/** What the command prints, and its exit code. */
const answerSchema = z.object({ exit: z.number().int().min(0).max(125), text: z.string().max(4_000) });
export type FolderAnswer = z.infer<typeof answerSchema>;

export interface RequestsFound {
  readonly requests: readonly FolderRequest[];
  /** Thrown away, and why, in words for the log. */
  readonly rejected: readonly { readonly name: string; readonly why: string }[];
}

/** What was asked since; no folder, no requests. Rejects where the folder cannot be read. */
export async function readRequests(stateDir: string, now: EpochMs): Promise<RequestsFound> {
  const folder = join(stateDir, REQUEST_FOLDER);
  const [requests, rejected]: [FolderRequest[], RequestsFound["rejected"][number][]] = [[], []];
  for (const name of await namesIn(folder)) {
    const path = join(folder, name);
    const id = REQUEST_NAME.exec(name)?.[1];
    const read = id === undefined ? await litterIn(path, now) : await readBounded(path, now);
    if (read === null) continue;
    const parsed = "why" in read ? read : parse(fileSchema, read.text);
    if (id !== undefined && !("why" in parsed)) requests.push({ id, ...parsed });
    else if ("why" in parsed && await removed(path)) rejected.push({ name, why: parsed.why });
  }
  return { requests, rejected };
}

/** Puts the answer there, then takes the request away: a crash in between asks again, which changes nothing. */
export async function answerRequest(stateDir: string, id: string, answer: FolderAnswer): Promise<void> {
  const folder = join(stateDir, REQUEST_FOLDER);
  await writeWhole(folder, `${id}.resposta.json`, JSON.stringify(answer));
  await rm(join(folder, `${id}.json`), { force: true });
}

/** Resolves to the id under which the answer will come. Rejects with the system's error where it cannot be written. */
export async function putRequest(stateDir: string, { by, request }: RequestFile): Promise<string> {
  const folder = join(stateDir, REQUEST_FOLDER);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const id = randomUUID();
  await writeWhole(folder, `${id}.json`, JSON.stringify({ by, request }));
  return id;
}

export async function readAnswer(stateDir: string, id: string): Promise<FolderAnswer | null> {
  const read = await readBounded(join(stateDir, REQUEST_FOLDER, `${id}.resposta.json`), null);
  if (read === null || "why" in read) return null;
  const parsed = parse(answerSchema, read.text);
  return "why" in parsed ? null : parsed;
}

/** Takes the request and its answer away. */
export async function withdrawRequest(stateDir: string, id: string): Promise<void> {
  for (const name of [`${id}.json`, `${id}.resposta.json`]) await rm(join(stateDir, REQUEST_FOLDER, name), { force: true });
}

async function namesIn(folder: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name } of await opendir(folder)) if (names.push(name) >= MOST_ENTRIES) break;
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  return names.sort();
}

type Read = { readonly text: string } | { readonly why: string };

/** Null: it is gone. `now` null: however old it is. No link is followed, and no pipe waited for. */
async function readBounded(path: string, now: EpochMs | null): Promise<Read | null> {
  try {
    await using file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const { size, mtimeMs, ...stats } = await file.stat().then((found) => ({ size: found.size, mtimeMs: found.mtimeMs, isFile: found.isFile() }));
    if (!stats.isFile) return { why: "não é um arquivo comum" };
    if (size > MOST_BYTES) return { why: `grande demais (${size} bytes)` };
    if (now !== null && Math.abs(now - mtimeMs) > STALE_MS) return { why: "velho demais: quem pediu já desistiu" };
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MOST_BYTES), 0, MOST_BYTES, 0);
    return { text: new TextDecoder().decode(buffer.subarray(0, bytesRead)) };
  } catch (error) {
    return isMissing(error) ? null : { why: `não pôde ser lido (${codeOf(error)})` };
  }
}

/** Null while it is young: an answer that waits to be fetched, a file that is being written. */
async function litterIn(path: string, now: EpochMs): Promise<Read | null> {
  try {
    const { mtimeMs } = await lstat(path);
    return Math.abs(now - mtimeMs) > LITTER_MS ? { why: "sobra de um pedido antigo" } : null;
  } catch {
    return null;
  }
}

function parse<T>(schema: z.ZodType<T>, text: string): T | { readonly why: string } {
  try {
    const parsed = schema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : { why: "não tem a forma de um pedido" };
  } catch {
    return { why: "não é JSON" };
  }
}

/** False where it stays: a folder in there is nobody's request, and nothing to say every second. */
async function removed(path: string): Promise<boolean> {
  return rm(path, { force: true }).then(() => true, () => false);
}

async function writeWhole(folder: string, name: string, content: string): Promise<void> {
  const temporary = join(folder, `${name}.tmp`);
  {
    await using file = await open(temporary, "w", 0o600);
    await file.writeFile(content, "utf8");
    await file.sync();
  }
  await rename(temporary, join(folder, name));
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}

function isMissing(error: unknown): boolean {
  return codeOf(error) === "ENOENT";
}
