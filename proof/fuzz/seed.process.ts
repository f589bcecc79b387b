// Plays the seeds that its parent asks for, one after another.
import { makeCase } from "./make-case.ts";
import { parseFuzzFile } from "./fuzz-file.ts";
import { play, type Verdict } from "./play.ts";

export interface SeedVerdict extends Verdict {
  readonly seed: number;
}

process.on("message", (seed: number) => {
  void play(parseFuzzFile(makeCase(seed))).then((verdict) => {
    process.send?.({ seed, ...verdict } satisfies SeedVerdict);
  });
});
