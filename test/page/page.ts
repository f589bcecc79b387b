// One browser a test file; a server and pages a test.
import type { Browser, Page } from "playwright-core";
import type { z } from "zod";
import { afterAll, beforeAll, expect, onTestFinished } from "vitest";
import { launchBrowser, type LaunchedBrowser } from "../support/browser.ts";
import { BUSY, type World } from "./canned-api.ts";
import { openPageServer, type PageServer } from "./page-server.ts";
import { LIGHT, openView, type Look } from "./view-pictures.ts";

/** The machine may be busy with others. */
export const PATIENCE_MS = 120_000;

interface Opened { readonly page: Page; readonly server: PageServer; readonly go: (hash: string, look?: Look) => Promise<Page> }

interface BrowserAtHand {
  readonly browser: () => Browser;
  /** `basePath`: as behind a proxy; `token`: who has not sent it is signed out. */
  readonly open: (hash: string, world?: World, look?: Look, token?: string | null, basePath?: string) => Promise<Opened>;
}

/** What a script finds in the page. Scripts are text: the tests' own types know no browser. */
export async function inPage<S extends z.ZodType>(page: Page, schema: S, script: string): Promise<z.output<S>> {
  return schema.parse(await page.evaluate(script));
}

export function useBrowser(): BrowserAtHand {
  let launched: LaunchedBrowser | null = null;
  beforeAll(async () => { launched = await launchBrowser(); }, PATIENCE_MS);
  afterAll(async () => { await launched?.close(); }, PATIENCE_MS);
  const browser = (): Browser => {
    if (launched === null) throw new Error("the browser is not open");
    return launched.browser;
  };
  return {
    browser,
    open: async (hash, world = BUSY, look = LIGHT, token = null, basePath = "/") => {
      const server = await openPageServer(world, token, basePath);
      const faults: string[] = [];
      const pages: Page[] = [];
      const go = async (to: string, how: Look = look): Promise<Page> => {
        const page = await openView(browser(), `${server.origin}${basePath}${to}`, how, faults);
        page.setDefaultTimeout(60_000);
        pages.push(page);
        return page;
      };
      onTestFinished(async () => {
        for (const page of pages) await page.close();
        await server.close();
        // Nothing that the policy forbids, no error that nobody caught.
        expect(faults).toEqual([]);
      });
      return { page: await go(hash), server, go };
    },
  };
}
