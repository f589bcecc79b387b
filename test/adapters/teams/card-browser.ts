// Renders Adaptive Cards as Teams would show them: Microsoft's own renderer in a real browser, both from npm, so that nothing
// but glibc is needed of the system. For the tests and for docs/render-cards.ts.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Browser, Page } from "playwright-core";
import { launchBrowser } from "../../support/browser.ts";
import { HOST_CONFIG } from "./teams-host-config.ts";

const require = createRequire(import.meta.url);

export interface CardBrowser {
  /** Shows the card of a request body, instead of the one before, as wide as a chat pane, or a phone. */
  show(body: string, widthPx: number): Promise<Page>;
  close(): Promise<void>;
}

export async function openCardBrowser(): Promise<CardBrowser> {
  const { browser, close } = await launchBrowser();
  const page = await openPage(browser);
  return {
    show: async (body, widthPx) => {
      await page.setViewportSize({ width: widthPx, height: 400 });
      await page.evaluate(`showCard(${JSON.stringify(body)}, ${JSON.stringify(HOST_CONFIG)})`);
      return page;
    },
    close,
  };
}

const MOST_LOADS = 5;

async function openPage(browser: Browser): Promise<Page> {
  const page = await browser.newPage({ deviceScaleFactor: 1.5 });
  const emoji = await readFile(require.resolve("@fontsource/noto-color-emoji/files/noto-color-emoji-emoji-400-normal.woff2"), "base64");
  const isLoaded = 'document.fonts.load(\'18px "Card Emoji"\', "🔴").then((faces) => faces.length === 1, () => false)';
  // The browser refuses this font the first time it meets it, and takes it from then on.
  for (let load = 1; load <= MOST_LOADS; load++) {
    await page.setContent(pageHtml(emoji));
    if ((await page.evaluate(isLoaded)) === true) break;
    if (load === MOST_LOADS) throw new Error("o navegador não carregou a fonte de emoji");
  }
  await page.addScriptTag({ path: require.resolve("adaptivecards/dist/adaptivecards.min.js") });
  await page.addScriptTag({ content: `window.showCard = ${SHOW_CARD}` });
  return page;
}

/** Runs in the page. Markdown is taken greedily, with HTML let through: harsher than any Teams client, so that whatever of an
 *  API text could ever be formatted shows up here. */
const SHOW_CARD = `(body, hostConfig) => {
  const { AdaptiveCard, HostConfig, SerializationContext } = window.AdaptiveCards;
  AdaptiveCard.onProcessMarkdown = (text, result) => {
    result.outputHtml = "<p>" + text
      .replace(/\\[(.*?)\\]\\((.*?)\\)/g, '<a href="$2">$1</a>')
      .replace(/(https?:\\/\\/|www\\.)\\S+/g, '<a href="$&">$&</a>')
      .replace(/(\\*\\*|__)(.+?)\\1/g, "<strong>$2</strong>")
      .replace(/([*_])(.+?)\\1/g, "<em>$2</em>")
      .replace(/\`(.+?)\`/g, "<code>$1</code>")
      .replace(/~~(.+?)~~/g, "<s>$1</s>")
      .replace(/^#+ (.*)$/, "<h1>$1</h1>")
      .replace(/^(?:[-*+]|\\d+[.)]) (.*)$/, "<ul><li>$1</li></ul>") + "</p>";
    result.didProcess = true;
  };
  const card = new AdaptiveCard();
  card.hostConfig = new HostConfig(hostConfig);
  const context = new SerializationContext();
  const { attachments: [{ content }] } = JSON.parse(body);
  card.parse(content, context);
  const problems = [];
  for (let i = 0; i < context.eventCount; i++) problems.push(context.getEventAt(i).message);
  window.problems = problems;
  document.querySelector("#card").replaceChildren(card.render());
}`;

const EMOJI_RANGE = "U+26A0, U+26D4, U+2705, U+FE0F, U+1F4CA, U+1F534, U+1F7E0-1F7E2";

function pageHtml(emoji: string): string {
  return `<!doctype html><html lang="pt-BR"><meta charset="utf-8"><style>
    @font-face { font-family: "Card Emoji"; src: url(data:font/woff2;base64,${emoji}); unicode-range: ${EMOJI_RANGE} }
    body { margin: 0; padding: 12px; background: #f5f5f5; }
    #card { background: #fff; border: 1px solid #e0e0e0; border-radius: 6px; overflow: hidden; box-shadow: 0 1px 3px rgba(0,0,0,.12); }
    p { margin: 0; }
  </style><div id="card"></div></html>`;
}
