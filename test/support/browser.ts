// A real browser from npm, for whatever is looked at in one: needs only glibc of the system.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Browser } from "playwright-core";

export interface LaunchedBrowser {
  readonly browser: Browser;
  readonly close: () => Promise<void>;
}

export async function launchBrowser(): Promise<LaunchedBrowser> {
  const folder = await mkdtemp(join(tmpdir(), "pvmonitor-browser-"));
  const before = { ...process.env };
  process.env["TMPDIR"] = folder;
  process.env["AWS_LAMBDA_JS_RUNTIME"] = "nodejs24.x"; // makes the package unpack the libraries that it brings
  process.env["LANG"] = "pt_BR.UTF-8";
  process.env["LANGUAGE"] = "pt_BR"; // fields for dates as the operators' browsers show them
  const { default: bundled } = await import("@sparticuz/chromium");
  bundled.setGraphicsMode = false;
  const executablePath = await bundled.executablePath();
  // The package's own looks for fonts in /tmp/fonts; without any, a browser shows no text at all.
  await writeFile(join(folder, "fonts", "fonts.conf"), `<fontconfig><dir>${folder}/fonts/fonts</dir><cachedir>${folder}/fonts-cache</cachedir></fontconfig>`);
  // In a single process, the first page that is closed would take the browser with it.
  const args = bundled.args.filter((flag) => flag !== "--single-process");
  const browser = await chromium.launch({ executablePath, args, headless: true });
  for (const name of ["TMPDIR", "AWS_LAMBDA_JS_RUNTIME", "LANG", "LANGUAGE", "LD_LIBRARY_PATH", "FONTCONFIG_PATH"]) restore(name, before[name]);
  return {
    browser,
    close: async () => {
      await browser.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function restore(name: string, value: string | undefined): void {
  if (value === undefined) Reflect.deleteProperty(process.env, name);
  else process.env[name] = value;
}
