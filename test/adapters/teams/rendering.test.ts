// Every card as Microsoft's renderer shows it in a real browser, on a chat pane and on a phone.
import { afterAll, beforeAll, expect, test } from "vitest";
import { composeCards } from "../../../src/adapters/teams/compose.ts";
import { SAMPLES } from "../../../src/adapters/teams/samples.ts";
import type { Message } from "../../../src/ports/messenger.ts";
import { HOSTILE } from "./arbitrary-messages.ts";
import { openCardBrowser, type CardBrowser } from "./card-browser.ts";

let browser: CardBrowser;
beforeAll(async () => {
  browser = await openCardBrowser();
}, 60_000);
afterAll(() => browser.close());

interface Seen { readonly problems: readonly string[]; readonly text: string; readonly formatted: readonly string[]; readonly overflowing: readonly string[]; readonly empty: number }

const LOOK = `(() => {
  const card = document.querySelector("#card");
  const all = [...card.querySelectorAll("*")];
  const texts = all.filter((element) => element.matches(".ac-textBlock, .ac-richTextBlock"));
  return {
    problems: window.problems,
    text: card.innerText.replace(/[\\u2060\\u200b]/g, ""),
    formatted: all.filter((element) => element.matches("a, b, strong, em, i, code, s, h1, ul, ol, li, at, script, img")).map((element) => element.outerHTML),
    overflowing: texts.filter((element) => element.scrollWidth > element.clientWidth + 1 || element.getBoundingClientRect().right > card.getBoundingClientRect().right).map((element) => element.innerText),
    empty: texts.filter((element) => element.innerText.trim() === "" || element.clientHeight < 10).length,
  };
})()`;

const isSeen = (value: unknown): value is Seen => typeof value === "object" && value !== null && "problems" in value && "text" in value;

async function look(body: string, widthPx: number): Promise<Seen> {
  const page = await browser.show(body, widthPx);
  const seen: unknown = await page.evaluate(LOOK);
  if (!isSeen(seen)) throw new Error("o cartão não foi mostrado");
  return seen;
}

async function expectWellShown(message: Message, plain: boolean): Promise<string> {
  const texts: string[] = [];
  for (const { body, title } of composeCards(message, "adaptivecard", plain)) {
    for (const widthPx of [620, 360]) {
      const { text, ...flaws } = await look(body, widthPx);
      expect(flaws).toEqual({ problems: [], formatted: [], overflowing: [], empty: 0 });
      if (!plain) expect(text.replace(/\s+/g, " ")).toContain(title);
      texts.push(text);
    }
  }
  return texts.join("\n");
}

test.each(Object.entries(SAMPLES))("%s", async (_, message) => {
  await expectWellShown(message, false);
  await expectWellShown(message, true);
});

test("nomes de fora aparecem como são, sem virar formatação, menção ou ligação", async () => {
  for (const name of HOSTILE) {
    const sample: Message = SAMPLES["relay-failure"];
    if (sample.kind !== "notice" || sample.notice.kind !== "devices") throw new Error("exemplo trocado");
    const notice = { ...sample.notice, plant: { ...sample.notice.plant, name }, devices: sample.notice.devices.map((device) => ({ ...device, name })) };
    const text = await expectWellShown({ ...sample, notice }, false);
    await expectWellShown({ ...sample, notice }, true);
    if (/^[\x21-\x7e ]{1,40}$/.test(name) && name.trim() !== "") expect(text).toContain(name);
  }
});

test("o que o leitor de Markdown do teste acharia, ele acha", async () => {
  const body = JSON.stringify({ attachments: [{ content: { type: "AdaptiveCard", version: "1.4", body: [{ type: "TextBlock", text: "**x** <at>y</at>", wrap: true }, { type: "Nada" }] } }] });
  const { formatted, problems } = await look(body, 620);
  expect(formatted).toEqual(["<strong>x</strong>", "<at>y</at>"]);
  expect(problems.length).toBeGreaterThan(0);
});

test("os emoji são pintados", async () => {
  const [{ body }] = composeCards(SAMPLES["relay-failure"], "adaptivecard", false);
  const page = await browser.show(body, 620);
  const painted: unknown = await page.evaluate(`(() => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 40, height: 40 });
    const context = canvas.getContext("2d");
    context.font = '30px "Card Emoji"';
    context.fillText("🔴", 0, 30);
    return context.getImageData(15, 20, 1, 1).data[0] > 150;
  })()`);
  expect(painted).toBe(true);
});
