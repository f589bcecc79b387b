// Names that want to be more than names, in every place of a card where a name may stand: a card that Teams takes, of nothing but text.
import { describe, expect, test } from "vitest";
import type { z } from "zod";
import { composeCards, type TeamsFormat } from "../../src/adapters/teams/compose.ts";
import { SAMPLES } from "../../src/adapters/teams/samples.ts";
import type { DeviceEvent, Notice } from "../../src/domain/notification.ts";
import type { Message } from "../../src/ports/messenger.ts";
import { HOSTILE } from "../adapters/teams/arbitrary-messages.ts";
import { adaptiveSchema, messageSchema, plainAdaptiveSchema, plainMessageSchema, textsIn } from "../adapters/teams/card-schemas.ts";

const NAMES: readonly string[] = [
  ...HOSTILE, "x".repeat(100_000), "<".repeat(5_000), `${"a".repeat(79)}\uD83D\uDE00`, "\u202E".repeat(5_000), "[".repeat(2_000) + "](https://exemplo.invalid)".repeat(100),
  "@everyone @channel @here", "<at id=\"0\">Todos</at>", "</at><at>", "![x](https://exemplo.invalid/x.png)", "[x](javascript:alert(1))", "<javascript:alert(1)>", "<https://exemplo.invalid>",
  "https://exemplo.invalid", "HTTP://EXEMPLO.INVALID", "www.exemplo.invalid", "fulano@exemplo.invalid", "<img src=x onerror=alert(1)>", "<!-- x", "]]>", "&#60;b&#62;", "&lt", "&amp;lt;b&gt;",
  '","type":"Action.OpenUrl","url":"https://exemplo.invalid', "\\\",\\\"x\\\":\\\"", "\\u003cb\\u003e", '{"type":"TextBlock"}', "{{TIME(2025-01-01T00:00:00Z)}}", "{{{x}}}", "${$root}", "${if(true,'a','b')}",
  "👨‍👩‍👧‍👦", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🇧🇷", "1️⃣", "a\u200Bb\u200Cc\u200Dd\u2060e\uFEFFf", "\u{E0041}\u{E007F}", "\u2066\u2067\u2068", "\u2069\u2069", "مرحبا\u202Eabc", "Z̸̡̢̛͕͔̗̰̱̲̼͈̔̔̈́̈́͛ȃ̵", "\uFFFE\uFFFF", "\uDC00\uD800",
  "```js", "~~~", "***", "---", "===", "> x", "+ x", "1) x", "\t\tcódigo", "| a | b |\n|---|---|", "[^1]: x", "$x^2$", "\r\nX-Header: y\r\n\r\n", "\u0085\u2028\u2029", "\u001b[31m", "constructor", "__proto__",
];

const FORMS: readonly (readonly [format: TeamsFormat, plain: boolean, schema: z.ZodType])[] = [
  ["adaptivecard", false, adaptiveSchema], ["adaptivecard", true, plainAdaptiveSchema], ["messagecard", false, messageSchema], ["messagecard", true, plainMessageSchema],
];

/** Cards of a message in all their forms, as the texts that they show. */
function textsOf(message: Message): string[] {
  return FORMS.map(([format, plain, schema]) => composeCards(message, format, plain).map(({ body, title }) => {
    expect(Buffer.byteLength(body)).toBeLessThan(20_000);
    const json: unknown = JSON.parse(body);
    expect(schema.safeParse(json).error?.message).toBeUndefined();
    expect(title).toMatch(/^[^\p{Cc}\u2028\u2029]{1,600}$/u);
    return textsIn(json);
  }).join("\n"));
}

/** The sample with the name in every place that names something, as deep as there is one. */
function renamed<T>(value: T, name: string, places: RegExp): T {
  return JSON.parse(JSON.stringify(value), (key, own: unknown) => {
    if (places.test(key) && typeof own === "string") return name;
    return places.test(key) && Array.isArray(own) ? own.map((each: unknown) => (typeof each === "string" ? name : each)) : own;
  }) as T;
}

const PLACES: readonly (readonly [where: string, keys: RegExp])[] = [
  ["names", /^name$/], ["ids", /^(?:id|device)$/], ["types and parameters", /^(?:type|types|parameters)$/],
  ["details, reasons, hosts and versions", /^(?:detail|reason|host|version|muted|plants)$/], ["everything at once", /^(?:name|id|device|type|types|parameters|detail|reason|host|version|muted)$/],
];
const NOTICES = Object.entries(SAMPLES).flatMap(([name, message]): [string, Message][] => (message.kind === "digest" ? [] : [[name, message]]));

describe.each(PLACES)("as %s", (_where, places) => {
  test("on cards and heartbeats", () => {
    for (const [, message] of NOTICES) {
      for (const name of NAMES) textsOf(renamed(message, name, places));
    }
  });
});

test("on a digest of 60 devices: every one of them is told, on however many pages", () => {
  const sample: Message = SAMPLES["inverters-some"];
  if (sample.kind !== "notice" || sample.notice.kind !== "devices") throw new Error("another sample");
  const { committedAt, notice } = sample;
  const [first] = notice.devices.flatMap(({ events }) => events);
  if (first === undefined) throw new Error("another sample");
  for (const name of NAMES) {
    const devices = Array.from({ length: 60 }, (_, n) => {
      const event: DeviceEvent = { ...first, device: String(n), incident: { ...first.incident, id: `I${String(n)}Z`, parameters: Array.from({ length: 9 }, () => name) } };
      return { device: String(n), name, events: [event] };
    });
    const told: Notice = { ...notice, plant: { ...notice.plant, name }, devices };
    const digest = { plant: told.plant, notifications: [{ id: "1", committedAt, notice: told, refusedUntil: null }], activeIncidents: new Set<string>(), composedAt: committedAt };
    for (const texts of textsOf({ kind: "digest", digest })) expect(new Set(texts.match(/I\d+Z/g)).size).toBe(60);
  }
});
