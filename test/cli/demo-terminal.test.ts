import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { composeCards } from "../../src/adapters/teams/compose.ts";
import { SAMPLES, type SampleName } from "../../src/adapters/teams/samples.ts";
import { cardBox } from "../../src/cli/terminal/card-box.ts";
import { readCard } from "../../src/cli/terminal/card-lines.ts";
import { padded, printable, widthOf, wrap } from "../../src/cli/terminal/text-width.ts";

fc.configureGlobal({ seed: 4 }); // what CI says must not depend on luck

const names = Object.keys(SAMPLES).filter((name): name is SampleName => name in SAMPLES);

describe("text on a terminal", () => {
  it.each([
    ["relé", 4], ["🔴 UFV", 6], ["✅", 2], ["⛔", 2], ["⚠", 1], ["e\u0301", 1], ["光", 2], ["👩‍🔧", 2], ["", 0],
  ])("%s takes %i cells", (text, cells) => {
    expect(widthOf(text)).toBe(cells);
  });

  it("shows nothing that a terminal would obey or count in its own way", () => {
    expect(printable("a\u001b[31mb\r\nc\u202ed\u00a0e ⚠\ufe0f")).toBe("a [31mb cd e ⚠");
  });

  it("cuts any text into lines that fit, and loses none of it", () => {
    fc.assert(fc.property(fc.string({ unit: "grapheme", maxLength: 200 }), fc.integer({ min: 2, max: 60 }), (raw, most) => {
      const text = printable(raw);
      const lines = wrap(text, most);
      expect(lines.every((line) => widthOf(line) <= most)).toBe(true);
      expect(lines.join("").replaceAll(" ", "")).toBe(text.replaceAll(" ", ""));
    }));
  });

  it("cuts between words where it can", () => {
    expect(wrap("a usina inteira vai a zero", 12)).toEqual(["a usina", "inteira vai", "a zero"]);
    expect(padded("🔴", 4)).toBe("🔴  ");
  });
});

describe.each(["adaptivecard", "messagecard"] as const)("a card (%s) on a terminal", (format) => {
  it.each(names)("%s is a box of one width, with its title", (name) => {
    for (const { title, body } of composeCards(SAMPLES[name], format, false)) {
      for (const width of [40, 61, 80, 200]) {
        const box = cardBox(body, "Teams, 10:05", { width, color: false });
        const lines = box.trimEnd().split("\n");
        expect(new Set(lines.map(widthOf)), box).toEqual(new Set([Math.max(40, Math.min(100, width - 1))]));
        expect(box).not.toMatch(/[{}"\u001b]/);
        const shown = lines.slice(1, -1).map((line) => line.slice(2, -2).trim()).join(" ");
        expect(shown).toContain(printable(title).replaceAll("\u00a0", " "));
      }
    }
  });
});

describe("a card on a terminal", () => {
  it("puts times at the right edge, and details below the name", () => {
    const [{ body }] = composeCards(SAMPLES["inverters-some"], "adaptivecard", false);
    const box = cardBox(body, "Teams, 10:30", { width: 61, color: false });
    expect(box).toMatch(/│ 46003 +10:05 │\n│ última leitura 10:16/);
  });

  it("has the colour of its severity", () => {
    const [{ body }] = composeCards(SAMPLES["relay-failure"], "adaptivecard", false);
    expect(cardBox(body, "", { width: 80, color: true })).toContain("\u001b[31m╭");
    const [{ body: good }] = composeCards(SAMPLES["relay-normal"], "adaptivecard", false);
    expect(cardBox(good, "", { width: 80, color: true })).toContain("\u001b[32m╭");
  });

  it.each(["", "[]", "{}", "<html>", '{"attachments":[{"content":{"body":[{"type":"Image"},7,null]}}]}', '{"attachments":[{"content":3}]}'])("shows something of any body: %s", (body) => {
    expect(readCard(body).lines.every(({ text }) => text !== "")).toBe(true);
    expect(cardBox(body, "Teams", { width: 80, color: false })).toMatch(/^╭[^]*╯\n$/);
  });
});
