// Settings, .env and pvmonitor.yaml out of anything: a configuration, or faults that name what is wrong. Never a throw, never a wait.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readConfig, type ConfigInput, type ConfigResult } from "../../src/config/read-config.ts";
import { readBaseUrl, readHttpsUrl, readProxy, readRelayPlants, readTimes, readWindow, readZone, type Read } from "../../src/config/setting-values.ts";
import { settingTable } from "../../src/config/settings.ts";

const least = { PVOP_EMAIL: "a@exemplo.invalid", PVOP_PASSWORD: "senha-boa-123", TEAMS_ENABLED: "0" };
const SEED = { seed: 4, numRuns: 600 };

function read(input: Partial<ConfigInput>): ConfigResult {
  const readFile = (path: string): string => { throw Object.assign(new Error(path), { code: "ENOENT" }); };
  return readConfig({ env: least, envFile: null, yaml: null, readFile, ...input });
}

/** Faults, if there are any, each in one printable line that is not endless. */
function expectSaid(result: ConfigResult): void {
  if (result.ok) return;
  expect(result.faults.length).toBeGreaterThan(0);
  for (const { name, wrong, example } of result.faults) {
    for (const text of [name, wrong, example]) expect(text).toMatch(/^[^\n\r\0]{1,600}$/);
  }
}

/** Lone halves of characters among them. */
const anyText = fc.array(fc.nat({ max: 0xffff }), { maxLength: 20 }).map((units) => String.fromCharCode(...units));
const token = fc.constantFrom(
  "1", "0", "-1", "1e9", "600", "0,5", "NaN", "true", "Sim", "não", "07:00", "25:61", "06:30-17:30", "-", ",", ";", " ", "auto", "all", "https://", "http://", "127.0.0.1", "exemplo.invalid",
  ":3128", "/", "?a=1", "#", "@", "u:s@", "%zz", "[::1]", "America/Sao_Paulo", "UTC", "T12:00-03:00", "T12Z", "-03:00", "\u0000", "\n", "\uD800", "é", "x".repeat(300),
);
const text = fc.oneof({ weight: 3, arbitrary: fc.array(token, { maxLength: 5 }).map((parts) => parts.join("")) }, { weight: 1, arbitrary: anyText });

test("any text for any setting", () => {
  const name = fc.constantFrom(...settingTable.map((setting) => setting.name), "PVOP_PASSWORD_FILE", "CREDENTIALS_DIRECTORY", "__proto__", "constructor");
  fc.assert(fc.property(fc.array(fc.tuple(name, text), { maxLength: 4 }), (settings) => { expectSaid(read({ env: { ...least, ...Object.fromEntries(settings) } })); }), SEED);
});

test("any text for any setting of any account", () => {
  const key = fc.constantFrom(...settingTable.map((setting) => setting.name), "PVOP_PASSWORD_FILE", "id", "usinas", "contas", "__proto__");
  const account = fc.oneof({ weight: 5, arbitrary: fc.array(fc.tuple(key, fc.oneof(text, fc.array(text, { maxLength: 2 }))), { maxLength: 5 }).map((settings): unknown => Object.fromEntries(settings)) }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) });
  fc.assert(fc.property(fc.array(account, { maxLength: 3 }), (contas) => { expectSaid(read({ env: { ...least, DATABASE_URL: "postgres://a@127.0.0.1/b" }, yaml: JSON.stringify({ contas }) })); }), SEED);
});

test("any .env", () => {
  const line = fc.oneof(text, fc.tuple(fc.constantFrom(...settingTable.map((setting) => setting.name)), fc.constantFrom("=", " = ", "='", '="', "=`", ":"), text).map((parts) => parts.join("")));
  fc.assert(fc.property(fc.array(line, { maxLength: 6 }), (lines) => { expectSaid(read({ envFile: lines.join("\n") })); }), SEED);
});

describe("pvmonitor.yaml", () => {
  test("of any text", () => {
    const piece = fc.constantFrom(
      "usinas:", "classes_rele:", "contas:", "id: x", "LOG_LEVEL:", "id: 1", "nome: 'x*'", "janela: 06:00-07:00", "tipo: A", "parametros: [59N]", "- ", "  ", "\n", ":", "? ", "[", "]", "{", "}", ",", "&a ", "*a", "<<: *a",
      "!!binary ", "!!js/function ", "!<tag:x> ", "|", ">", "---\n", "...\n", "%YAML 9.9\n", "'", '"', "\t", "#", "~", "0x1F", ".inf", "2025-12-01", "__proto__:", "\uFEFF", "\u0000", "é",
    );
    fc.assert(fc.property(fc.oneof(fc.array(piece, { maxLength: 25 }).map((parts) => parts.join("")), anyText), (yaml) => { expectSaid(read({ yaml })); }), SEED);
  });

  test.each([
    ["nested without end", `a: ${"[".repeat(20_000)}`], ["nested and closed", `a: ${"[".repeat(3_000)}${"]".repeat(3_000)}`], ["a list in a list", "- ".repeat(5_000)],
    ["key in key", Array.from({ length: 1_500 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n")],
    ["aliases that grow", ["a: &a [x, x, x, x, x, x, x, x, x, x]", ..."bcdefghi".split("").map((name, i) => `${name}: &${name} [${Array(10).fill(`*${"abcdefghi".charAt(i)}`).join(", ")}]`)].join("\n")],
    ["an alias of itself", "usinas: &u [*u]"], ["a setting that is in itself", "LOG_LEVEL: &a [*a]"], ["an account in itself", "contas: &c [{ id: a, PVOP_EMAIL: &e [*e] }, *c]"], ["a mapping merged into itself", "a: &a {<<: *a}"],
  ])("%s", (_name, yaml) => {
    const started = performance.now();
    const result = read({ yaml });
    expect(result.ok).toBe(false);
    expectSaid(result);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

describe("what was taken is taken again, and says the same", () => {
  const again = <T>(reader: (text: string) => Read<T>, textOf: (value: T) => string) => (): void => {
    let taken = 0;
    fc.assert(fc.property(text, (given) => {
      const result = reader(given);
      if ("wrong" in result) return;
      taken += 1;
      expect(reader(textOf(result.value))).toEqual(result);
    }), { seed: 4, numRuns: 3_000 });
    expect(taken).toBeGreaterThan(0);
  };
  const two = (n: number): string => String(Math.floor(n)).padStart(2, "0");
  const clock = (s: number): string => `${two(s / 3_600)}:${two((s % 3_600) / 60)}:${two(s % 60)}`;

  test("a zone", again(readZone, (zone) => zone));
  test("the API's address", again(readBaseUrl, (url) => url));
  test("a webhook", again((given) => { const result = readHttpsUrl(given); return "value" in result ? { value: result.value.href } : result; }, (url) => url));
  test("a proxy", again(readProxy, (url) => url));
  test("a window", again(readWindow, ({ fromS, toS }) => `${clock(fromS)}-${clock(toS)}`));
  test("times", again(readTimes, (times) => times.map(clock).join(",")));
  test("plants", again(readRelayPlants, (plants) => (typeof plants === "string" ? plants : [...plants].join(","))));

  test.each(["T12:00-03:00", "t12-03", "T12Z", "T00[America/Recife]", "-03:00", "2025-12-01T00:00[UTC]", "Z", "America/Sao_Paulo[u-ca=iso8601]"])("%s is no zone, although a time may say it so", (zone) => {
    expect(readZone(zone)).toHaveProperty("wrong");
  });
});

describe("a name pattern of pvmonitor.yaml", () => {
  const mutedBy = (glob: string, name: string): boolean => {
    const result = read({ yaml: `usinas: [{ nome: ${JSON.stringify(glob)}, silenciar: true }]` });
    if (!result.ok) throw new Error(JSON.stringify(result.faults));
    return result.config.rulesOf({ id: "1", name }).muted;
  };
  /** The same, told as a regular expression: slow where stars are many. */
  const asRegExp = (glob: string): RegExp => new RegExp(`^${glob.replace(/[.[\]()]/g, "\\$&").replace(/\*+/g, ".*").replaceAll("?", ".")}$`, "isu");

  test("is what the usual reading of * and ? makes of it", () => {
    const signs = fc.constantFrom("a", "A", "b", "*", "?", ".", "[", "é", "😀");
    const word = (units: fc.Arbitrary<string>, minLength: number): fc.Arbitrary<string> => fc.array(units, { minLength, maxLength: 8 }).map((parts) => parts.join(""));
    fc.assert(fc.property(word(signs, 1), word(signs.filter((sign) => sign !== "?"), 0), (glob, name) => {
      expect(mutedBy(glob, name)).toBe(asRegExp(glob).test(name));
    }), { seed: 4, numRuns: 400 });
  });

  test("takes no longer for a name that nearly fits, however many stars it has", () => {
    const started = performance.now();
    expect(mutedBy(`${"*a".repeat(30)}*b`, "a".repeat(200))).toBe(false);
    expect(mutedBy(`${"*a".repeat(30)}*b`, `${"a".repeat(199)}b`)).toBe(true);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
