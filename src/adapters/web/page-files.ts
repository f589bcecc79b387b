// The page's built files. They hold no data: the sign-in form has to load for everybody.
import { existsSync } from "node:fs";
import { join } from "node:path";
import files from "@fastify/static";
import type { FastifyInstance } from "fastify";

const YEAR_S = 31_536_000;

/** Serves just the files that are there at start: no name of a request ever becomes a path. */
export async function servePage(app: FastifyInstance, folder: string, prefix: string): Promise<void> {
  // Relative addresses in the page need the slash.
  if (prefix !== "/") app.get(prefix.slice(0, -1), (_request, reply) => reply.redirect(prefix, 308));
  if (!existsSync(join(folder, "index.html"))) {
    app.get(prefix, (_request, reply) => reply.code(503).type("text/plain; charset=utf-8").send(
      "A página não foi montada: na pasta do programa, npm ci && npm run build && npm prune --omit=dev, e reiniciar o monitor. A API e as métricas funcionam.\n",
    ));
    return;
  }
  await app.register(files, {
    root: folder, prefix, wildcard: false, preCompressed: true, cacheControl: false, dotfiles: "deny",
    // What vite puts into assets/ has its own content in its name.
    setHeaders: (reply, path) => {
      reply.header("cache-control", path.startsWith(join(folder, "assets")) ? `public, max-age=${YEAR_S}, immutable` : "no-cache");
    },
  });
}
