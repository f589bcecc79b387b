// Writes the pictures in docs/cards that the README shows: `node docs/render-cards.ts`.
import { join } from "node:path";
import { composeCards } from "../src/adapters/teams/compose.ts";
import { SAMPLES, type SampleName } from "../src/adapters/teams/samples.ts";
import { openCardBrowser } from "../test/adapters/teams/card-browser.ts";

const PANE_PX = 620;
const PHONE_PX = 360;

const PICTURES: readonly (readonly [file: string, sample: SampleName, widthPx: number])[] = [
  ["relay-failure", "relay-failure", PANE_PX],
  ["relay-normal", "relay-normal", PANE_PX],
  ["relay-passed", "relay-passed", PANE_PX],
  ["inverters-some", "inverters-some", PANE_PX],
  ["inverters-all", "inverters-all", PANE_PX],
  ["inverters-normal", "inverters-normal", PANE_PX],
  ["mute-ended", "mute-ended", PANE_PX],
  ["digest", "digest", PANE_PX],
  ["heartbeat-ok", "heartbeat-ok", PANE_PX],
  ["heartbeat-attention", "heartbeat-attention", PANE_PX],
  ["weekly-report", "weekly-report", PANE_PX],
  ["phone", "relay-failure", PHONE_PX],
];

const folder = process.argv[2] ?? join(import.meta.dirname, "cards");
const browser = await openCardBrowser();
try {
  for (const [file, sample, widthPx] of PICTURES) {
    const [{ body }] = composeCards(SAMPLES[sample], "adaptivecard", false);
    const page = await browser.show(body, widthPx);
    await page.locator("body").screenshot({ path: join(folder, `${file}.png`) });
  }
} finally {
  await browser.close();
}
console.log(`${PICTURES.length} imagens em ${folder}`);
