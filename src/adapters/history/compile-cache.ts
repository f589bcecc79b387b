// Node's own cache of what it compiled, where the process has one: a thread or a process that finds the programme there need not
// translate TypeScript once more, which costs each of them 25 MB and a tenth of a second.
import { getCompileCacheDir } from "node:module";
import { dirname } from "node:path";

/** The environment of whatever the history starts: this, and nothing else of ours. */
export function cacheOnly(): NodeJS.ProcessEnv {
  const folder = getCompileCacheDir(); // below the one that was asked for, one of this Node and user
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: dirname(folder) };
}
