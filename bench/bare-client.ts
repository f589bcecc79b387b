// The least that anybody can do: the same calls at the same concurrency, answers thrown away as they come.
import { Pool } from "undici";

export interface BareCycle {
  readonly baseUrl: string;
  readonly plantIds: readonly number[];
  readonly date: string;
  readonly concurrency: number;
}

/** Resolves to the wall time in ms. */
export async function downloadCycle({ baseUrl, plantIds, date, concurrency }: BareCycle): Promise<number> {
  const { origin, pathname } = new URL(baseUrl);
  const pool = new Pool(origin, { connections: concurrency });
  const get = async (method: "GET" | "POST", path: string, body: string | null): Promise<void> => {
    const headers = { "accept-encoding": "gzip", "content-type": "application/json", "x-access-token": "full-size" };
    const answer = await pool.request({ method, path: pathname + path, body, headers, headersTimeout: 0, bodyTimeout: 0 });
    if (answer.statusCode !== 200) throw new Error(`HTTP ${String(answer.statusCode)} for ${path}`);
    answer.body.resume();
    await new Promise((resolve, reject) => answer.body.once("end", resolve).once("error", reject));
  };
  const calls = ["/day_relay", "/day_inverter"].flatMap((path) => plantIds.map((id) => ({ path, body: JSON.stringify({ id, date }) })));
  const queue = calls.values();
  const startedMs = performance.now();
  await get("GET", "/plants", null);
  await Promise.all(Array.from({ length: concurrency }, async () => {
    for (const { path, body } of queue) await get("POST", path, body);
  }));
  const tookMs = performance.now() - startedMs;
  await pool.close();
  return tookMs;
}
