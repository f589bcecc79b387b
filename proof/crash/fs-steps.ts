// Every change that this process makes below a folder through node:fs/promises, one step after another, for whoever records them or
// ends the process at one. The adapter is not touched: what it imported is replaced under it.
import fsp from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { basename } from "node:path";

export type Step =
  | { readonly op: "mkdir" | "open-folder" | "fsync-folder" | "close-folder" }
  /** `open` makes the file, or empties it; each `write` adds to it. */
  | { readonly op: "open" | "fsync" | "close"; readonly name: string }
  | { readonly op: "write"; readonly name: string; readonly content: string }
  | { readonly op: "rename"; readonly name: string; readonly to: string };

/** Does the step; `half` is the first half of a write, and nothing of any other step. */
export type Around = (step: Step, doIt: () => Promise<void>, half: () => Promise<void>) => Promise<void>;

type Work = (...given: unknown[]) => Promise<unknown>;

/** What would change something without being seen here. */
const UNSEEN: ReadonlySet<string> = new Set(["appendFile", "copyFile", "cp", "link", "rm", "symlink", "truncate", "unlink", "writeFile"]);
const UNSEEN_OF_A_FILE = ["appendFile", "datasync", "truncate", "writev"] as const;
const nothing = (): Promise<void> => Promise.resolve();

/** From now on, for as long as the process lives; `folder` as its user names it. */
export function aroundSteps(folder: string, around: Around): void {
  const isInside = (path: unknown): boolean => path === folder || (typeof path === "string" && path.startsWith(`${folder}/`));
  const nameOf = (path: unknown): string | null => (path === folder ? null : basename(String(path)));

  async function step<T>(what: Step, work: () => Promise<T>, half = nothing): Promise<T> {
    const done: T[] = [];
    await around(what, async () => { done.push(await work()); }, half);
    for (const result of done) return result;
    throw new Error(`${what.op} was not done`);
  }

  function watched(file: fsp.FileHandle, name: string | null): fsp.FileHandle {
    const [sync, close, write, writeFile] = [file.sync.bind(file), file.close.bind(file), file.write.bind(file), file.writeFile.bind(file)];
    let isClosed = false; // a file that disposes of itself closes what is closed
    file.sync = () => step(name === null ? { op: "fsync-folder" } : { op: "fsync", name }, sync);
    file.close = () => {
      if (isClosed) return nothing();
      isClosed = true;
      return step(name === null ? { op: "close-folder" } : { op: "close", name }, close);
    };
    // Each part is whole characters (see the encoder), so that steps can be told as text.
    file.writeFile = async (content) => {
      for (const part of partsOf(content)) {
        await step({ op: "write", name: name ?? "", content: part }, () => writeFile(part), async () => { await write(part.slice(0, part.length >> 1)); });
      }
    };
    for (const unseen of UNSEEN_OF_A_FILE) Object.assign(file, { [unseen]: refusal(unseen) });
    return file;
  }

  const { mkdir, open, rename } = fsp;
  const replaced: Readonly<Record<string, Work>> = {
    mkdir: (path, ...rest) => step({ op: "mkdir" }, () => mkdir(String(path), ...rest as [])),
    open: async (path, ...rest) => {
      const name = nameOf(path);
      if (name !== null && rest[0] === "r") return open(String(path), "r");
      const what: Step = name === null ? { op: "open-folder" } : { op: "open", name };
      return watched(await step(what, () => open(String(path), ...rest as [])), name);
    },
    rename: (from, to) => step({ op: "rename", name: basename(String(from)), to: basename(String(to)) }, () => rename(String(from), String(to))),
  };
  for (const [name, original] of Object.entries(fsp)) {
    const instead = replaced[name] ?? (UNSEEN.has(name) ? refusal(name) : null);
    if (instead === null || typeof original !== "function") continue;
    Object.assign(fsp, { [name]: (...given: unknown[]): unknown => (given.slice(0, 2).some(isInside) ? instead(...given) : Reflect.apply(original, fsp, given)) });
  }
  syncBuiltinESMExports();
}

/** A content as the texts that it is written in. */
export function* partsOf(content: Parameters<fsp.FileHandle["writeFile"]>[0]): Generator<string> {
  if (typeof content === "string") {
    yield content;
    return;
  }
  if (ArrayBuffer.isView(content) || !(Symbol.iterator in content)) throw new Error("only text, and parts of it, are steps that are known here");
  for (const part of content) yield typeof part === "string" ? part : new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(part);
}

function refusal(name: string): Work {
  return () => Promise.reject(new Error(`${name} is no step that is known here`));
}
