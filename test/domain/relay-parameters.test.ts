import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { defaultRelayClasses, isActive, readRelayParameters } from "../../src/domain/relay-parameters.ts";

fc.configureGlobal({ seed: 4 }); // what CI says must not depend on luck

describe("active", () => {
  test.each<unknown>([true, 1, "1", "true", "TRUE", "on", "yes", "Sim", "ativo", "ACTIVE", "alarm", "Alarme", "trip", "Tripped", " trip ", "tripped         "])(
    "%j is", (value) => { expect(isActive(value)).toBe(true); });

  test.each<unknown>([false, 0, 2, -1, 1.5, "0", "false", "off", "não", "inativo", "", "-", "1.0", "11", "x1", "trips", "tripped          ", null, undefined, {}, [], [true], NaN])(
    "%j is not", (value) => { expect(isActive(value)).toBe(false); });
});

const WATCHED = `r27A r27B r27C r27_0 r32A r32A_2 r32B r32B_2 r32C r32C_2 r46Q r47 r49 r49_2 r59A r59B r59C r59N r67A r67A_2 r67B r67B_2
  r67C r67C_2 r67N_1 r67N_2 r78 r81O r81U r86 rAR rBA rDO rEPwd rERLS rEl2t rFR rGS rHLT rRL1 rRL2 rRL3 rRL4 rRL5 rRR`.split(/\s+/);

describe("watched parameters", () => {
  test.each(WATCHED)("%s, in any letter case, by its own spelling", (name) => {
    for (const key of [name, name.toLowerCase(), name.toUpperCase()]) {
      expect(readRelayParameters({ [key]: true })).toEqual({ active: [name], hasWatched: true, unknownActive: [] });
    }
  });

  test.each([["r50", "r50"], ["r50N", "r50N"], ["R51gs", "r51GS"], ["r51V", "r51V"], ["r50A_2", "r50A_2"], ["r79", "r79"], ["r79_2", "r79_2"]])(
    "%s counts, although no list has it", (key, name) => {
      expect(readRelayParameters({ [key]: "trip" })).toEqual({ active: [name], hasWatched: true, unknownActive: [] });
    });

  test.each(["r500", "r512A", "r790", "r5", "r60", "rXYZ", "r81", "r270"])("%s is unknown", (key) => {
    expect(readRelayParameters({ [key]: true })).toEqual({ active: [], hasWatched: false, unknownActive: [key] });
  });

  test.each(["rACheck", "RACHECK", "rele", "RELE", "esn", "tpLei", "Pac", "r", "", "xr60", "xr50", "pr59N"])("%s means nothing", (key) => {
    expect(readRelayParameters({ [key]: true })).toEqual({ active: [], hasWatched: false, unknownActive: [] });
  });

  test("unknown ones are told in the order of the record, as they came, names bounded", () => {
    const long = `rQ${"x".repeat(50)}`;
    expect(readRelayParameters({ rZ: true, r59N: true, [long]: "sim", rA: "off", rB: "", "r\nb": true })).toEqual({ active: ["r59N"], hasWatched: true, unknownActive: ["rZ", long.slice(0, 40), "r\nb"] });
  });

  test.each<unknown>(["-1", "x", "- off", "off -", 0, false, NaN])("the value %j says something", (value) => {
    expect(readRelayParameters({ r59N: value })).toEqual({ active: [], hasWatched: true, unknownActive: [] });
  });

  test("the number 1 in an unknown field may be a measurement", () => {
    expect(readRelayParameters({ rcosA: 1, rNova: "1", rOutra: "Trip" }).unknownActive).toEqual(["rOutra"]);
  });

  test.each<unknown>([null, undefined, "", " ", "-", "--", {}, [true]])("the value %j is as good as silence", (value) => {
    expect(readRelayParameters({ r59N: value, r50: value }).hasWatched).toBe(false);
  });

  test("a clean value is a statement, and two spellings of one parameter are one", () => {
    expect(readRelayParameters({ r59N: false, r86: 0, rAR: "off" })).toEqual({ active: [], hasWatched: true, unknownActive: [] });
    expect(readRelayParameters({ r59N: false, R59n: true, r59n: 1 }).active).toEqual(["r59N"]);
  });

  test("no key of an object's own nature is one, and a name is bounded", () => {
    const content = { ["__proto__"]: { r59N: true }, constructor: true };
    expect(Object.keys(content)).toEqual(["__proto__", "constructor"]);
    expect(readRelayParameters(content)).toEqual({ active: [], hasWatched: false, unknownActive: [] });
    expect(readRelayParameters({ [`r50${"x".repeat(5_000)}`]: true }).active[0]).toHaveLength(40);
  });

  test("never throws, whatever JSON brings", () => {
    const keys = fc.oneof(fc.constantFrom(...WATCHED, "r50N", "__proto__", "toString"), fc.string());
    fc.assert(fc.property(fc.dictionary(keys, fc.jsonValue()), (content) => {
      const { active, hasWatched } = readRelayParameters(content);
      expect(active.length === 0 || hasWatched).toBe(true);
    }));
  });
});

test("the classes, in their order, hold watched parameters only, each once", () => {
  expect(defaultRelayClasses.map(({ type, parameters }) => `${type}: ${parameters.join(" ")}`)).toEqual([
    "SOBRETENSÃO: r59A r59B r59C r59N", "SUBTENSÃO: r27A r27B r27C r27_0", "FREQUÊNCIA: r81O r81U", "TÉRMICO: r49 r49_2", "BLOQUEIO: rAR rBA rDO",
  ]);
  const all = defaultRelayClasses.flatMap(({ parameters }) => parameters);
  expect(new Set(all).size).toBe(all.length);
  for (const name of all) expect(WATCHED).toContain(name);
});
