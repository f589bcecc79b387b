// Power and capacity as the API writes them: a number, or a text with sign, separators and unit.

/** Factors to kW (or kWp). No unit means kW. */
const UNITS: ReadonlyMap<string, number> = new Map([
  ["", 1], ["w", 1e-3], ["wp", 1e-3], ["kw", 1], ["kwp", 1], ["mw", 1e3], ["mwp", 1e3],
]);
const SHAPE = /^([+-]?)(\d[\d.,]*|[.,]\d+)(e[+-]?\d{1,3})?([a-z]*)$/i;
/** Blanks between groups of three digits; a blank anywhere else inside a number makes no number. */
const BLANK_GROUPS = /(?<=\d)\s(?=\d{3}(?!\d))/g;
const MOST_CHARACTERS = 64;

/** kW (kWp for a capacity), or null where the value says nothing that can be read: `-`, an unknown unit, no number. */
export function parsePowerKw(value: unknown): number | null {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value !== "string" || value.length > MOST_CHARACTERS) return null;
  const text = value.trim().replace(/^−/, "-").replace(BLANK_GROUPS, "").replace(/^([+-])\s+/, "$1").replace(/(?<=[\d.,])\s+(?=[a-z]+$)/i, "");
  const match = SHAPE.exec(text);
  if (match === null) return null;
  const [, sign = "", digits = "", exponent = "", unit = ""] = match;
  const factor = UNITS.get(unit.toLowerCase());
  const plain = plainNumber(digits);
  if (factor === undefined || plain === null) return null;
  const kw = Number(sign + plain + exponent) * factor;
  return Number.isFinite(kw) ? kw : null;
}

/** The digits with a decimal point only. Of two kinds of separator the last is the decimal one; a single separator is decimal;
 *  one that is repeated separates thousands. Null where the groups are not of three digits. */
function plainNumber(digits: string): string | null {
  const decimalAt = Math.max(digits.lastIndexOf("."), digits.lastIndexOf(","));
  if (decimalAt === -1) return digits;
  const decimal = digits.charAt(decimalAt);
  const isRepeated = digits.indexOf(decimal) !== decimalAt;
  const whole = isRepeated ? digits : digits.slice(0, decimalAt);
  const fraction = isRepeated ? "" : digits.slice(decimalAt + 1);
  if (!/[.,]/.test(whole)) return `${whole || "0"}.${fraction || "0"}`;
  if (!/^\d{1,3}(?:\.\d{3})+$|^\d{1,3}(?:,\d{3})+$/.test(whole)) return null;
  return `${whole.replaceAll(/[.,]/g, "")}.${fraction || "0"}`;
}
