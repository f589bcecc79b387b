// docs/img shows the page as it is: every view from the demo's day, by light, in the dark, on a phone. `npm run pictures` takes them anew.
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { inPage, PATIENCE_MS, useBrowser } from "../page/page.ts";
import { DARK, LIGHT, PHONE, takePicture, WALL, type Look } from "../page/view-pictures.ts";
import { startDemoDay, type StandingDay } from "./standing-day.ts";

const FOLDER = join(import.meta.dirname, "../../docs/img");
const IS_UPDATE = process.env["UPDATE_PICTURES"] === "1";
const MOST_BYTES = 1_500_000;

const VIEWS: readonly (readonly [view: string, hash: string, looks: readonly Look[]])[] = [
  ["overview", "#/", [LIGHT, DARK, PHONE]],
  ["wall", "#/mural", [WALL]],
  ["plant", "#/usina/31050", [LIGHT, DARK, PHONE]],
  ["plant-relay", "#/usina/31001", [LIGHT]],
  ["incidents", "#/ocorrencias?de=2025-12-01&ate=2025-12-01", [LIGHT, DARK, PHONE]],
  ["monitor", "#/monitor", [LIGHT, DARK, PHONE]],
];
const PICTURES = VIEWS.flatMap(([view, hash, looks]) => looks.map((look) => ({ name: `page-${view}${look === WALL ? "" : `-${look.name}`}.png`, hash, look })));

const { browser } = useBrowser();
const folder = mkdtempSync(join(tmpdir(), "pvmonitor-pictures-"));
let day: StandingDay | null = null;
beforeAll(async () => { day = await startDemoDay(); }, PATIENCE_MS);
afterAll(async () => {
  await day?.close();
  rmSync(folder, { recursive: true, force: true });
}, PATIENCE_MS);

describe("docs/img", () => {
  it.each(PICTURES)("$name is what the page looks like", { timeout: PATIENCE_MS }, async ({ name, hash, look }) => {
    const [taken, kept] = [join(folder, name), join(FOLDER, name)];
    await takePicture(browser(), `${day?.address ?? ""}${hash}`, look, taken, false);
    if (IS_UPDATE) copyFileSync(taken, kept);
    expect(existsSync(kept)).toBe(true);
    expect(await shareOfOthers(taken, kept), "share of pixels that are others; `npm run pictures` takes them anew").toBeLessThan(0.02);
  });

  it("has no picture of a view that is no more, and is small", () => {
    const names = readdirSync(FOLDER).filter((name) => name.startsWith("page-"));
    expect(names.toSorted()).toEqual(PICTURES.map(({ name }) => name).toSorted());
    expect(names.reduce((sum, name) => sum + statSync(join(FOLDER, name)).size, 0)).toBeLessThan(MOST_BYTES);
  });
});

/** How much of two pictures is not the same, from 0 to 1; 1 where their sizes are not. Letters may jitter by a shade. */
async function shareOfOthers(a: string, b: string): Promise<number> {
  const [first, second] = [a, b].map((path) => `data:image/png;base64,${readFileSync(path).toString("base64")}`);
  const page = await browser().newPage();
  try {
    return await inPage(page, z.number(), `(async () => {
      const read = async (url) => {
        const image = await createImageBitmap(await (await fetch(url)).blob());
        const context = new OffscreenCanvas(image.width, image.height).getContext("2d");
        context.drawImage(image, 0, 0);
        return context.getImageData(0, 0, image.width, image.height);
      };
      const [a, b] = [await read(${JSON.stringify(first)}), await read(${JSON.stringify(second)})];
      if (a.width !== b.width || a.height !== b.height) return 1;
      let others = 0;
      for (let i = 0; i < a.data.length; i += 4) if ([0, 1, 2].some((part) => Math.abs(a.data[i + part] - b.data[i + part]) > 40)) others += 1;
      return others / (a.width * a.height);
    })()`);
  } finally {
    await page.close();
  }
}
