// Every parser of a text from outside: any text is a value or none, never a throw, and a value reads back as itself.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isoLocal, isoWithOffset, localDate, parseWallClock } from "../../src/domain/local-time.ts";
import { parsePowerKw } from "../../src/domain/power.ts";
import { isActive, readRelayParameters } from "../../src/domain/relay-parameters.ts";
import { parseRetryAfterMs } from "../../src/domain/retry.ts";

const SEED = { seed: 4, numRuns: 1_000 };
const ZONES = ["America/Sao_Paulo", "America/Santiago", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"];
const zone = fc.constantFrom(...ZONES);
const anyText = fc.array(fc.nat({ max: 0xffff }), { maxLength: 20 }).map((units) => String.fromCharCode(...units));
/** Texts that are nearly what is looked for. */
const near = (...units: readonly string[]): fc.Arbitrary<string> => fc.array(fc.constantFrom(...units), { maxLength: 14 }).map((parts) => parts.join(""));

describe("wall clock", () => {
  const almost = near("2025", "0000", "9999", "12", "02", "31", "29", "24", "-", "/", ":", " ", "T", "Z", "+03:00", "-99:99", "+0300", ".", ",5", "Mon, ", "Dec", "dez", " GMT", "60", "\u00a0", "\n");

  test("any text is an instant that has a date, or none", () => {
    fc.assert(fc.property(fc.oneof(almost, fc.string(), anyText), zone, (text, of) => {
      const at = parseWallClock(text, of);
      if (at === null) return;
      expect(Number.isSafeInteger(at)).toBe(true);
      expect(localDate(at, of)).toMatch(/^(?:\d{4}|[+-]\d)/);
    }), SEED);
  });

  test("an instant, written as wall clock with its offset, reads back as itself anywhere; without it, where the clock is not turned back", () => {
    const instant = fc.integer({ min: Date.UTC(1990, 0), max: Date.UTC(2080, 0) });
    fc.assert(fc.property(instant, zone, zone, (at, of, other) => {
      expect(parseWallClock(isoWithOffset(at, of), other)).toBe(at);
      const second = Math.floor(at / 1_000) * 1_000;
      const back = parseWallClock(isoLocal(second, of), of);
      // In an hour that comes twice the first one is meant, which shows the same time.
      expect(back !== null && back <= second && isoLocal(back, of)).toBe(isoLocal(second, of));
    }), SEED);
  });

  test("a text of megabytes, or of a million blanks, takes no longer than its length", () => {
    const started = performance.now();
    for (const text of [" ".repeat(2e6), `2025-12-01 10:00:00${" ".repeat(2e6)}x`, "9".repeat(2e6), `Mon,${" ".repeat(2e6)}x`]) expect(parseWallClock(text, "UTC")).toBeNull();
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

describe("power", () => {
  const almost = near("1", "23", "456", "0", ".", ",", " ", "\u00a0", "\u2212", "-", "+", "e5", "E-400", "e999", "kW", "MWp", "W", "kVA", "NaN", "Infinity", "0x1F", "١");

  test("any text is a finite number or none; its number reads back as itself", () => {
    fc.assert(fc.property(fc.oneof(almost, fc.string(), fc.double().map(String)), (text) => {
      const kw = parsePowerKw(text);
      if (kw === null) return;
      expect(Number.isFinite(kw)).toBe(true);
      expect(parsePowerKw(String(kw))).toBe(kw);
      expect(parsePowerKw(kw)).toBe(kw);
    }), SEED);
  });

  test("a number with a unit, a sign, decimal point or comma, is what it says", () => {
    fc.assert(fc.property(fc.integer({ min: -1e6, max: 1e6 }), fc.constantFrom(["W", 0.001] as const, ["kW", 1] as const, ["MW", 1000] as const, ["", 1] as const), fc.constantFrom(".", ","), (thousandths, [unit, factor], point) => {
      const text = `${(thousandths / 1_000).toFixed(3).replace(".", point)} ${unit}`;
      expect(parsePowerKw(text)).toBeCloseTo((thousandths / 1_000) * factor, 6);
    }), SEED);
  });
});

test("Retry-After: any text is a wait that can be bounded, or none; whole seconds are themselves, a date is the time until then", () => {
  const now = Date.parse("2025-12-01T12:00:00Z");
  const almost = near("12", "0", ".", "-", "e9", " ", "\t", "Mon, ", "01 Dec 2025 ", "12:00:30", " GMT", "UTC", "9999", ";", "NaN");
  fc.assert(fc.property(fc.oneof(almost, fc.string(), fc.double().map(String)), (text) => {
    const ms = parseRetryAfterMs(text, now);
    expect(ms === null || (Number.isSafeInteger(ms) && ms >= 0) || ms === 8.64e15 - now).toBe(true);
  }), SEED);
  fc.assert(fc.property(fc.nat({ max: 1e6 }), (seconds) => {
    expect(parseRetryAfterMs(String(seconds), now)).toBe(seconds * 1_000);
    expect(parseRetryAfterMs(new Date(now + seconds * 1_000).toUTCString(), now)).toBe(seconds * 1_000);
    expect(parseRetryAfterMs(new Date(now - seconds * 1_000).toUTCString(), now)).toBe(0);
  }), SEED);
});

test("relay parameters: letter case, order and repetition of keys change nothing; a value is active or clean, never both", () => {
  const name = fc.constantFrom("r59N", "r86", "rAR", "r27_0", "r50N", "r51GS", "r79", "rNova", "rACheck", "Pac");
  const value = fc.oneof(fc.jsonValue(), fc.constantFrom<unknown>(true, false, 1, 0, "1", "trip", " SIM ", "não", "", "-", "x".repeat(99)));
  fc.assert(fc.property(fc.uniqueArray(fc.tuple(name, value), { selector: ([key]) => key.toLowerCase() }), (fields) => {
    const read = readRelayParameters(Object.fromEntries(fields));
    const turned = readRelayParameters(Object.fromEntries(fields.toReversed().map(([key, own]) => [key.toUpperCase(), own])));
    expect(new Set(turned.active)).toEqual(new Set(read.active));
    expect(turned.hasWatched).toBe(read.hasWatched);
    const actives = fields.filter(([key, own]) => isActive(own) && !/^(?:rNova|rACheck|Pac)$/.test(key)).map(([key]) => key);
    expect(new Set(read.active)).toEqual(new Set(actives));
  }), SEED);
});
