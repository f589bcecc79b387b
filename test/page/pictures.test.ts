// The pictures of the page are of the whole view, as wide as the look says.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { BUSY } from "./canned-api.ts";
import { PATIENCE_MS, useBrowser } from "./page.ts";
import { PHONE, takePicture } from "./view-pictures.ts";

const { browser, open } = useBrowser();

it("takes a picture of a view", { timeout: PATIENCE_MS }, async () => {
  const folder = await mkdtemp(join(tmpdir(), "pvmonitor-pictures-"));
  onTestFinished(async () => { await rm(folder, { recursive: true }); });
  const { server } = await open("#/", BUSY, PHONE);
  const file = join(folder, "overview.png");
  await takePicture(browser(), `${server.origin}/#/`, PHONE, file);
  const picture = await readFile(file);
  expect(picture.readUInt32BE(16)).toBe(PHONE.width);
  expect(picture.readUInt32BE(20)).toBeGreaterThan(2 * PHONE.height);
});
