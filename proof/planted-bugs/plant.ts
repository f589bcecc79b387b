// Plants one bug: a source file is changed while it is loaded, so that the rest of the project is what it is.
// Used with `node --import`; PLANTED_BUG names the bug.
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";
import { BUGS, planted } from "./bugs.ts";

const name = process.env["PLANTED_BUG"] ?? "";
const bug = BUGS.find((candidate) => candidate.name === name);
if (bug === undefined) throw new Error(`PLANTED_BUG=${name}: there is no such bug`);
const root = fileURLToPath(new URL("../../", import.meta.url));

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (!url.startsWith("file:") || fileURLToPath(url) !== root + bug.file || loaded.source === undefined) return loaded;
    const source = typeof loaded.source === "string" ? loaded.source : new TextDecoder().decode(loaded.source);
    return { ...loaded, source: planted(bug, source) };
  },
});
