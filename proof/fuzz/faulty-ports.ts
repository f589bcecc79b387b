// The ports of one life of the process, as they fail: by chance, by plan, and by the process ending in the middle of a call.
import type { Clock } from "../../src/ports/clock.ts";
import type { Disk } from "../../src/ports/disk.ts";
import type { Content, HttpRequest, HttpResult, Transport } from "../../src/ports/transport.ts";
import { wholeOf, type MemoryDisk } from "../../src/simulator/memory-disk.ts";
import { WORLD_WEBHOOK_URL } from "../../src/simulator/world-transport.ts";
import type { Chaos } from "./fuzz-file.ts";

type Port = Chaos["crashes"][number]["port"];
type Moment = Chaos["crashes"][number]["moment"];

/** One life of the process. */
export interface Life {
  isDead: boolean;
  readonly die: (power: boolean) => void;
}

/** What a dead process waits for. */
const never = <T>(): Promise<T> => new Promise(() => undefined);

export interface Crashes {
  /** The moment at which the process ends at this use of the port; null: it goes on. */
  meet(port: Port): { readonly moment: Moment; readonly power: boolean } | null;
}

/** Counts the uses of each port since a crash is due; every crash happens once, and none once all is calm. `now`: the world's clock. */
export function planCrashes(crashes: readonly (Omit<Chaos["crashes"][number], "after"> & { readonly after: number })[], now: () => number, calm: number): Crashes {
  const left = crashes.map((crash) => ({ ...crash, uses: 0, isDone: false }));
  return {
    meet(port) {
      if (now() >= calm) return null;
      const pending = left.filter((crash) => !crash.isDone && crash.port === port && now() >= crash.after);
      for (const crash of pending) crash.uses += 1;
      const due = pending.find(({ uses, nth }) => uses >= nth);
      if (due === undefined) return null;
      due.isDone = true;
      return due;
    },
  };
}

export interface DiskOptions {
  /** Takes its time. */
  readonly pause: () => Promise<void>;
  /** Hears of a content before it is renamed into place. */
  readonly written: (content: string) => void;
}

export function crashingDisk(disk: MemoryDisk, life: Life, crashes: Crashes, { pause, written }: DiskOptions): Disk {
  async function use(port: Port, work: () => Promise<void>, half: () => Promise<void>): Promise<void> {
    if (life.isDead) return never();
    await pause();
    const crash = crashes.meet(port);
    if (crash?.moment === "during") await half();
    if (crash === null || crash.moment === "after") await work();
    if (crash === null) return;
    life.die(crash.power);
    return never();
  }
  return {
    read: (name) => (life.isDead ? never() : disk.read(name)),
    writeDurably: (name, content) => {
      const whole = wholeOf(content);
      written(new TextDecoder().decode(whole));
      return use("write", () => disk.writeDurably(name, [whole]), async () => {
        disk.failWrites("ENOSPC");
        await disk.writeDurably(name, [whole]).catch(() => undefined); // half of it is what was wanted
        disk.failWrites(null);
      });
    },
    rename: (from, to) => use("rename", () => disk.rename(from, to), () => Promise.resolve()),
    syncFolder: () => use("sync", () => disk.syncFolder(), () => Promise.resolve()),
  };
}

/** A clock on which a dead process never wakes. */
export function livingClock(clock: Clock, life: Life): Clock {
  return {
    now: () => clock.now(),
    monotonicMs: () => clock.monotonicMs(),
    sleep: (ms, signal) => (life.isDead ? never() : clock.sleep(ms, signal)),
    sleepUntil: (at, signal) => (life.isDead ? never() : clock.sleepUntil(at, signal)),
  };
}

export interface Network {
  readonly clock: Clock;
  readonly latencyMs: number;
  /** Whether a call fails by chance now. */
  readonly fails: () => boolean;
  readonly random: () => number;
  /** A request of the API was answered so, or a card so. */
  readonly heard: (request: HttpRequest, result: HttpResult) => void;
  /** Calls under way. */
  underWay: number;
}

const stopped: HttpResult = { kind: "failed", reason: "stopped", detail: "interrompida" };
const reset: HttpResult = { kind: "failed", reason: "connection", detail: "conexão encerrada" };
const answer = (status: number, headers: Record<string, string>, body: string): HttpResult => ({ kind: "answer", status, headers, body: new TextEncoder().encode(body) });

/** What a call that fails by chance meets. `isServed`: the other side did its work all the same. */
const MISHAPS: readonly { readonly isServed: boolean; readonly timesOut: boolean; readonly result: HttpResult }[] = [
  { isServed: false, timesOut: false, result: reset },
  { isServed: true, timesOut: false, result: reset },
  { isServed: false, timesOut: true, result: reset },
  { isServed: true, timesOut: true, result: reset },
  { isServed: false, timesOut: false, result: answer(500, {}, "<html>") },
  { isServed: false, timesOut: false, result: answer(503, { "retry-after": "20" }, "") },
  { isServed: false, timesOut: false, result: answer(429, { "retry-after": "5" }, "{}") },
];

/** A long body is seen by who watches all the same. */
async function whole(result: HttpResult): Promise<{ readonly result: HttpResult; readonly seen: HttpResult }> {
  if (result.kind !== "answer" || result.content === undefined) return { result, seen: result };
  const parts: Uint8Array[] = [];
  const failed = await result.content((bytes) => { parts.push(Uint8Array.from(bytes)); });
  const content: Content = (take) => {
    for (const part of parts) take(part);
    return Promise.resolve(failed);
  };
  return { result: { ...result, content }, seen: failed ?? { ...result, body: Buffer.concat(parts) } };
}

/** Calls take their time, fail by chance, and may be the last thing that the process did. */
export function failingNetwork(transport: Transport, life: Life, crashes: Crashes, network: Network): Transport {
  const { clock, latencyMs, random, heard } = network;
  const pause = (): number => Math.floor(random() * latencyMs);

  async function exchange(request: HttpRequest, signal: AbortSignal): Promise<HttpResult> {
    const crash = crashes.meet(request.url === WORLD_WEBHOOK_URL ? "send" : "call");
    const mishap = network.fails() ? MISHAPS[Math.floor(random() * MISHAPS.length)] : undefined;
    const isStopped = (): boolean => signal.aborted;
    const end = (power: boolean): Promise<HttpResult> => {
      life.die(power);
      return never();
    };
    if (crash?.moment === "before") return end(crash.power);
    await clock.sleep(pause(), signal);
    if (isStopped()) return stopped;
    const served = mishap?.isServed === false ? null : await transport.exchange(request, signal);
    if (crash !== null && crash.moment === "during") return end(crash.power);
    if (mishap?.timesOut === true) await clock.sleep(request.timeoutMs, signal);
    else await clock.sleep(pause(), signal);
    if (crash !== null) return end(crash.power);
    if (served !== null && mishap === undefined) return served;
    return mishap?.timesOut === true ? { kind: "failed", reason: isStopped() ? "stopped" : "timeout", detail: "sem resposta" } : mishap?.result ?? reset;
  }

  return {
    async exchange(request, signal) {
      if (life.isDead) return never();
      if (signal.aborted) return stopped;
      network.underWay += 1;
      const { result, seen } = await whole(await exchange(request, signal));
      network.underWay -= 1;
      heard(request, seen);
      return result;
    },
  };
}
