// The page's files: what is there and nothing else, kept by browsers as long as it stays what it is.
import { join } from "node:path";
import { expect, it } from "vitest";
import { createPageFolder, sendRaw, servePage, TOKEN } from "../../support/served-page.ts";

it("the index is looked at again each time, what has its content in its name is kept", async () => {
  const page = await servePage({ pageFolder: createPageFolder() });
  const [index, script] = [await page.call(""), await page.call("assets/index-abc123.js")];
  expect([index.status, index.headers["content-type"], index.headers["cache-control"], index.text]).toEqual([200, "text/html; charset=utf-8", "no-cache", "<!doctype html><title>pvmonitor</title>"]);
  expect([script.status, script.headers["content-type"], script.headers["cache-control"]]).toEqual([200, "application/javascript; charset=utf-8", "public, max-age=31536000, immutable"]);
  const again = await page.call("", { headers: { "if-none-match": String(index.headers["etag"]) } });
  expect(again.status).toBe(304);
});

it("they load before anyone signed in: they hold no data", async () => {
  const page = await servePage({ pageFolder: createPageFolder(), web: { token: TOKEN } });
  expect([(await page.call("")).status, (await page.call("api/overview")).status]).toEqual([200, 401]);
});

it("below a base path, which is told to a browser that left out the slash", async () => {
  const page = await servePage({ pageFolder: createPageFolder(), web: { basePath: "/solar/pv" } });
  const paths = ["/solar/pv/", "/solar/pv/assets/index-abc123.js", "/solar/pv/api/overview", "/solar/pv/healthz", "/", "/api/overview"];
  expect(await Promise.all(paths.map(async (path) => (await page.call(path)).status))).toEqual([200, 200, 200, 200, 404, 404]);
  const bare = await page.call("/solar/pv");
  expect([bare.status, bare.headers["location"]]).toEqual([308, "/solar/pv/"]);
});

it("a page that was not built is told in words, with the command; the rest works", async () => {
  const page = await servePage({ pageFolder: join(import.meta.dirname, "nowhere") });
  const answer = await page.call("");
  expect([answer.status, answer.headers["content-type"]]).toEqual([503, "text/plain; charset=utf-8"]);
  expect(answer.text).toContain("npm run build");
  expect((await page.call("api/overview")).status).toBe(200);
});

it.each(["/../package.json", "/..%2fpackage.json", "/assets/..%2f..%2fpackage.json", "/%2e%2e/package.json", "/assets/..\\..\\package.json", "/.secret", "/assets/", "/assets", "//etc/passwd"])(
  "%s leads nowhere", async (path) => {
    const page = await servePage({ pageFolder: createPageFolder() });
    const answer = await sendRaw(page.port, `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 (?:403|404) /);
    expect(answer).not.toMatch(/never|root:|"name"/);
  },
);
