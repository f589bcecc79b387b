// Commands, log tags and heartbeat reasons that operators read about are those of the program.
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { happeningLine } from "../../src/adapters/logging/happening-text.ts";
import { SAMPLES } from "../../src/adapters/teams/samples.ts";
import type { Attention } from "../../src/domain/heartbeat.ts";
import { read, root, rows } from "./documents.ts";

const help = (...args: string[]): string => execFileSync(process.execPath, ["src/main.ts", ...args, "--help"], { cwd: root, encoding: "utf8" });

describe("README.md", () => {
  const commands = rows(read("README.md"), "## Comandos").map(([cell = ""]) => cell.replaceAll("\\|", "|"));
  const nameOf = (cell: string): string => /^`([\w-]+)/.exec(cell)?.[1] ?? "";

  it("lists every command", { timeout: 120_000 }, () => {
    const known = [...help().matchAll(/^ {2}([a-z][a-z-]*) /gm)].map(([, name]) => name).filter((name) => name !== "help");
    expect(commands.map(nameOf).sort()).toEqual(known.sort());
  });

  it("names options that the commands have", { timeout: 120_000 }, () => {
    const named = commands.flatMap((cell) => [...cell.matchAll(/--[a-z]+/g)].map(([option]) => ({ command: nameOf(cell), option })));
    expect(named.length).toBeGreaterThan(4);
    const helps = new Map([...new Set(named.map(({ command }) => command))].map((command) => [command, help(command)]));
    expect(named.filter(({ command, option }) => helps.get(command)?.includes(option) !== true)).toEqual([]);
  });

  it("names tags that the log has", () => {
    const sources = ["src/adapters/logging", "src/cli"].flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts")).map((name) => read(join(folder, name))));
    const tags = rows(read("README.md"), "## Logs").flatMap(([cell = ""]) => [...cell.matchAll(/`(\[[^`]+)`/g)].map(([, tag = ""]) => tag));
    expect(tags.length).toBeGreaterThan(12);
    const isWritten = (tag: string): boolean => sources.some((source) => source.split(tag).slice(1).some((rest) => !/^\p{L}/u.test(rest)));
    expect(tags.filter((tag) => !isWritten(tag))).toEqual([]);
  });
});

describe("docs/operacao.md", () => {
  const since = SAMPLES["heartbeat-ok"].heartbeat.at;
  const reasons: { readonly [K in Attention["kind"]]: Extract<Attention, { readonly kind: K }> } = {
    "scan-late": { kind: "scan-late", scan: "relay", since },
    "api-failing": { kind: "api-failing", reason: "timeout", since },
    "teams-failing": { kind: "teams-failing", reason: "HTTP 503", since },
    "webhook-gone": { kind: "webhook-gone", status: 410, since },
    "cards-refused": { kind: "cards-refused", count: 1, since },
    "notifications-waiting": { kind: "notifications-waiting", count: 1, since },
    "plants-without-data": { kind: "plants-without-data", count: 1 },
    "inverters-unwatched": { kind: "inverters-unwatched", plants: [], since },
    "state-not-saved": { kind: "state-not-saved", detail: "ENOSPC", since },
  };
  const told = rows(read("docs/operacao.md"), "## Motivos de ATENÇÃO no heartbeat").map(([, word = ""]) => word.replaceAll("`", ""));

  it.each(Object.values(reasons))("says what to do about $kind", (attention) => {
    const heartbeat = { ...SAMPLES["heartbeat-ok"].heartbeat, status: "ATENÇÃO", attention: [attention] } as const;
    const line = happeningLine({ kind: "heartbeat.delivered", heartbeat }, heartbeat.zone);
    const word = /ATENÇÃO \((.+?)\)/.exec(line?.text ?? "")?.[1];
    expect(told).toContain(word);
  });
});
