// The checkers are checked: each planted bug is seen, and the places where they are planted still exist.
import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { BUGS, planted } from "../../proof/planted-bugs/bugs.ts";
import { hunt } from "../../proof/planted-bugs/hunt.ts";

const MOST_SEEDS = 200;

describe("a planted bug", () => {
  test.each(BUGS)("$name: is caught", { timeout: 600_000 }, async (bug) => {
    const source = await readFile(new URL(`../../${bug.file}`, import.meta.url), "utf8");
    expect(planted(bug, source)).not.toBe(source);
    const { seed, promise } = await hunt(bug, MOST_SEEDS);
    expect(seed, `within ${String(MOST_SEEDS)} seeds`).not.toBeNull();
    expect(promise).not.toBeNull();
  });
});
