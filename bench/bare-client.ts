// The least that anybody can do: the same calls at the same concurrency, answers thrown away as they come, or parsed and thrown away.
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { Pool } from "undici";
import { FULL_SIZE_TOKEN } from "../src/simulator/full-size.ts";

const decompress = promisify(gunzip);

export interface BareCycle {
  readonly baseUrl: string;
  readonly plantIds: readonly number[];
  readonly date: string;
  readonly concurrency: number;
  /** Each body goes through `JSON.parse`. */
  readonly parses: boolean;
}

export interface BareFigures { readonly wallMs: number; readonly cpuMs: number }

export async function downloadCycle({ baseUrl, plantIds, date, concurrency, parses }: BareCycle): Promise<BareFigures> {
  const { origin, pathname } = new URL(baseUrl);
  const pool = new Pool(origin, { connections: concurrency });
  const get = async (method: "GET" | "POST", path: string, body: string | null): Promise<void> => {
    const headers = { "accept-encoding": "gzip", "content-type": "application/json", "x-access-token": FULL_SIZE_TOKEN };
    const answer = await pool.request({ method, path: pathname + path, body, headers, headersTimeout: 0, bodyTimeout: 0 });
    if (answer.statusCode !== 200) throw new Error(`HTTP ${String(answer.statusCode)} for ${path}`);
    if (parses) {
      const bytes = Buffer.from(await answer.body.arrayBuffer());
      JSON.parse((answer.headers["content-encoding"] === "gzip" ? await decompress(bytes) : bytes).toString());
      return;
    }
    answer.body.resume();
    await new Promise((resolve, reject) => answer.body.once("end", resolve).once("error", reject));
  };
  const calls = ["/day_relay", "/day_inverter"].flatMap((path) => plantIds.map((id) => ({ path, body: JSON.stringify({ id, date }) })));
  const queue = calls.values();
  const [startedMs, cpuBefore] = [performance.now(), process.cpuUsage()];
  await get("GET", "/plants", null);
  await Promise.all(Array.from({ length: concurrency }, async () => {
    for (const { path, body } of queue) await get("POST", path, body);
  }));
  const { user, system } = process.cpuUsage(cpuBefore);
  const figures = { wallMs: performance.now() - startedMs, cpuMs: (user + system) / 1_000 };
  await pool.close();
  return figures;
}
