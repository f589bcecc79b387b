// Plays many seeds, in as many processes as there are cores.
import { fork, type ChildProcess } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import type { SeedVerdict } from "./seed.process.ts";

const PLAYER = fileURLToPath(new URL("seed.process.ts", import.meta.url));

export interface SeedsOptions {
  readonly seeds: readonly number[];
  readonly workers?: number;
  /** Options of node for each process; this process's own where there are none. */
  readonly execArgv?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Told of each as it ends; false: no more of them. */
  readonly onVerdict: (verdict: SeedVerdict) => boolean;
}

/** Rejects where a process ends by itself. */
export async function playSeeds({ seeds, workers = availableParallelism(), execArgv = process.execArgv, env = {}, onVerdict }: SeedsOptions): Promise<void> {
  const left = [...seeds];
  let isWanted = true;

  function work(): Promise<undefined> {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    const player: ChildProcess = fork(PLAYER, { execArgv: [...execArgv], env: { ...process.env, ...env } });
    let playing: number | undefined;
    const next = (): void => {
      playing = isWanted ? left.shift() : undefined;
      if (playing === undefined) player.disconnect();
      else player.send(playing);
    };
    player.on("message", (verdict: SeedVerdict) => {
      isWanted = onVerdict(verdict) && isWanted;
      next();
    });
    player.on("exit", (code) => {
      if (code === 0) resolve(undefined);
      else reject(new Error(`the process that played seed ${String(playing)} ended with code ${String(code)}`));
    });
    next();
    return promise;
  }

  await Promise.all(Array.from({ length: Math.min(workers, seeds.length) }, work));
}
