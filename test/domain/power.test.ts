import fc from "fast-check";
import { expect, test } from "vitest";
import { parsePowerKw } from "../../src/domain/power.ts";

fc.configureGlobal({ seed: 4 }); // what CI says must not depend on luck

test.each<[unknown, number]>([
  [108.7, 108.7], [0, 0], [-0.02, -0.02],
  ["108.7", 108.7], ["108,7", 108.7], ["353.70", 353.7], ["0", 0], ["0,0", 0], ["+12", 12], ["-0,5", -0.5], ["- 0,5", -0.5], ["−3", -3], [".5", 0.5], [",55", 0.55], ["5.", 5],
  ["1.234,5", 1234.5], ["1,234.5", 1234.5], ["1 234,5", 1234.5], ["1\u00a0234,5", 1234.5], ["1\u202f234.5", 1234.5], ["12 345 678", 12_345_678],
  ["1.234.567", 1_234_567], ["1,234,567", 1_234_567], ["1.234.567,89", 1_234_567.89], ["1.250", 1.25], ["1.234,", 1234], ["999.123.456,5", 999_123_456.5], ["999,123,456", 999_123_456], ["0.250", 0.25], ["12345,6", 12_345.6],
  ["12 kW", 12], ["12kW", 12], ["12\u00a0KW", 12], ["500 W", 0.5], ["500w", 0.5], ["1,2 MW", 1200], ["1.234,5 kW", 1234.5], ["1 234 kW", 1234],
  ["100.00 kWp", 100], ["500 Wp", 0.5], ["1,5MWp", 1500], ["1e3", 1000], ["2.5E-05", 0.000025], ["1e+3 W", 1], [" 7 ", 7], ["+  5", 5], ["12  kW", 12], ["5. kW", 5], ["5, W", 0.005], [`${" ".repeat(62)}12`, 12],
])("%j is %d kW", (value, kw) => {
  expect(parsePowerKw(value)).toBeCloseTo(kw, 9);
});

test.each<[unknown]>([
  ["-"], ["--"], [""], [" "], ["kW"], ["12 kVA"], ["12 GWh"], ["12 kW h"], ["NaN"], ["Infinity"], ["null"], ["abc"], ["1.2.3"], ["12.34,5"], ["1.234.56"], ["1,23.456,7"],
  ["12 34"], ["1 2345"], ["12 k W"], ["12 e5"], ["kW 12"], ["x12"], ["12 34 kW"], ["12- 3"], ["5−3"], ["+-5"], ["1e0003"], ["1e"], ["1e3x5"], ["."], [","], [",5,"], [`${" ".repeat(63)}12`],
  ["1234.567,8"], ["1234.567.890"], ["1.2345,6"], [".234,5"], ["1,2345,678"], ["1.234,567,8"], ["1,234.5.6"], ["1234,567,890"], ["1,23,456"], ["1..234,5"],
  ["0x10"], ["1e999"], ["12-3"], [NaN], [Infinity], [null], [undefined], [true], [{}], [[12]], ["9".repeat(400)],
])("%j says nothing that can be read", (value) => {
  expect(parsePowerKw(value)).toBeNull();
});

test("every number comes back from the way Brazil writes it", () => {
  const brazil = new Intl.NumberFormat("pt-BR", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  fc.assert(fc.property(fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }), (cents) => {
    expect(parsePowerKw(`${brazil.format(cents / 100)} kW`)).toBeCloseTo(cents / 100, 6);
  }));
});

test("never throws, and is finite or null, whatever JSON brings", () => {
  fc.assert(fc.property(fc.oneof(fc.jsonValue(), fc.stringMatching(/^[+\-\d., kMWp\u00a0e]{0,20}$/)), (value) => {
    const kw = parsePowerKw(value);
    expect(kw === null || Number.isFinite(kw)).toBe(true);
  }));
});
