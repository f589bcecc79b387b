// The status page's server: listens, and stops in time. What goes wrong with it never stops the monitor.
import { z } from "zod";
import type { Config } from "../../config/config.ts";
import { MINUTE_MS, SECOND_MS } from "../../domain/local-time.ts";
import type { Clock } from "../../ports/clock.ts";
import { buildApp, type App } from "./app.ts";
import type { WebParts } from "./web-parts.ts";

export interface WebServer {
  /** Where the page is, or why it is not: in words. */
  listen(): Promise<{ readonly address: string } | { readonly wrong: string }>;
  close(): Promise<void>;
  /** Serves until `stop`; where it cannot listen it says so, and tries again every minute. Never rejects. */
  accompany(stop: AbortSignal, clock: Pick<Clock, "sleep">): Promise<void>;
}

/** What may still be under way when the server closes; the monitor has 15 s for everything. */
const GRACE_MS = 2 * SECOND_MS;

export function createWebServer(parts: WebParts): WebServer {
  const { web, say } = parts;
  let running: App | null = null;

  async function listen(): ReturnType<WebServer["listen"]> {
    let app: App | null = null;
    try {
      app = await buildApp(parts);
      // One address: `localhost` may be two, and the bounds are one server's.
      const address = await app.server.listen({ host: web.host === "localhost" ? "127.0.0.1" : web.host, port: web.port });
      running = app;
      return { address: `${address}${web.basePath === "/" ? "/" : `${web.basePath}/`}` };
    } catch (error) {
      if (app !== null) await closeApp(app);
      return { wrong: whyNot(error, web) };
    }
  }

  async function close(): Promise<void> {
    const app = running;
    running = null;
    if (app !== null) await closeApp(app);
  }

  return {
    listen, close,
    async accompany(stop, clock) {
      let told: string | null = null;
      while (!stop.aborted) {
        const result = await listen();
        if ("address" in result) {
          say("info", `Página em ${result.address}${web.token === null ? ", só para este computador" : ""}`);
          await aborted(stop);
          break;
        }
        if (result.wrong !== told) say("error", `A página não pôde ser aberta: ${result.wrong}; nova tentativa a cada minuto, o resto do monitor funciona`);
        told = result.wrong;
        await clock.sleep(MINUTE_MS, stop);
      }
      await close();
    },
  };
}

async function closeApp({ server, streams }: App): Promise<void> {
  streams.endAll();
  const hurry = setTimeout(() => { server.server.closeAllConnections(); }, GRACE_MS);
  await server.close();
  clearTimeout(hurry);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => { resolve(); }, { once: true });
  });
}

const coded = z.object({ code: z.string() });

function whyNot(error: unknown, { host, port }: Config["web"]): string {
  if (error instanceof EvalError) return "o Node foi proibido de fazer código de texto (--disallow-code-generation-from-strings), de que o roteador da página precisa";
  const code = coded.safeParse(error).data?.code ?? (error instanceof Error ? error.message : String(error));
  switch (code) {
    case "EADDRINUSE": return `a porta ${port} já está em uso por outro programa (WEB_PORT)`;
    case "EADDRNOTAVAIL": return `o endereço ${host} não é deste computador (WEB_HOST)`;
    case "ENOTFOUND": case "EAI_AGAIN": return `o nome ${host} não foi encontrado (WEB_HOST)`;
    case "EACCES": return `sem permissão para a porta ${port} (WEB_PORT); abaixo de 1024 é preciso ser root`;
    default: return code;
  }
}
