// A view as it looks: opened, waited for until it stands still, and taken as a picture. For the tests, and for docs/img.
import type { Browser, Page } from "playwright-core";

export interface Look { readonly name: string; readonly width: number; readonly height: number; readonly theme: "light" | "dark" }

export const LIGHT: Look = { name: "light", width: 1440, height: 900, theme: "light" };
export const DARK: Look = { name: "dark", width: 1440, height: 900, theme: "dark" };
export const PHONE: Look = { name: "phone", width: 360, height: 760, theme: "light" };
export const WALL: Look = { name: "wall", width: 1920, height: 1080, theme: "dark" };

/** `address`: of the page with its hash, `http://127.0.0.1:8787/#/monitor`. What the policy forbids, and errors, go to `faults`. */
export async function openView(browser: Browser, address: string, look: Look, faults: string[] = []): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: look.width, height: look.height }, colorScheme: look.theme, reducedMotion: "reduce", locale: "pt-BR" });
  page.on("pageerror", (error) => { faults.push(error.message); });
  page.on("console", (message) => { if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) faults.push(message.text()); });
  await page.goto(address);
  await settled(page);
  return page;
}

/** Nothing is being fetched or drawn any more. */
export async function settled(page: Page): Promise<void> {
  await page.locator("h1").first().waitFor({ state: "attached" });
  await page.locator(".notice-quiet, .chart-word").first().waitFor({ state: "detached", timeout: 60_000 });
  await page.evaluate("new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))");
}

/** Writes the picture of a view; of the whole of it, or as much as a screen shows. */
export async function takePicture(browser: Browser, address: string, look: Look, file: string, isWhole = true): Promise<void> {
  const page = await openView(browser, address, look);
  // What lies below the screen is not even drawn: the screen is made as high as the view is.
  if (isWhole) await page.setViewportSize({ width: look.width, height: Math.max(look.height, await page.evaluate<number>("document.documentElement.scrollHeight")) });
  await settled(page);
  await page.screenshot({ path: file });
  await page.close();
}
