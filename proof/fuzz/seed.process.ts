// Plays the seeds that its parent asks for, one after another.
import { makeCase } from "./make-case.ts";
import { parseFuzzFile } from "./fuzz-file.ts";
import { play, type Verdict } from "./play.ts";
import { worldSize, type WorldSize } from "./world-size.ts";

export interface SeedVerdict extends Verdict, WorldSize {
  readonly seed: number;
  /** Processor time since the verdict before, or since the process began. */
  readonly cpuSeconds: number;
}

let usedBefore = 0;

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  const used = (user + system) / 1e6;
  const spent = used - usedBefore;
  usedBefore = used;
  return spent;
}

process.on("message", (seed: number) => {
  const file = makeCase(seed);
  void play(parseFuzzFile(file)).then((verdict) => {
    process.send?.({ seed, ...verdict, ...worldSize(file), cpuSeconds: cpuSeconds() } satisfies SeedVerdict);
  });
});
