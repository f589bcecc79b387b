// What a card may be made of, strictly: the part of Adaptive Card 1.4 that desktop and phones agree on, and MessageCard.
import { z } from "zod";
import { hasMarkdown } from "../../../src/adapters/teams/literal-text.ts";

const oneLine = z.string().min(1).regex(/^[^\p{Cc}\u2028\u2029]*$/u);
const harmless = oneLine
  .refine((text) => text.isWellFormed(), "lone surrogate")
  .refine((text) => !/[\u200e\u200f\u061c\u202a-\u202e]/u.test(text), "bidirectional control")
  .refine((text) => (text.match(/\u2068/g) ?? []).length === (text.match(/\u2069/g) ?? []).length, "open isolate")
  .refine((text) => !/<[a-z/!?]|&[a-z#]|\{\{/i.test(text), "markup");
const withoutMarkdown = harmless.refine((text) => !hasMarkdown(text), "Markdown");

const look = {
  size: z.enum(["small", "large"]).optional(),
  weight: z.literal("bolder").optional(),
  color: z.literal("accent").optional(),
  isSubtle: z.literal(true).optional(),
};
const placing = { spacing: z.enum(["none", "small", "medium"]).optional(), separator: z.literal(true).optional() };
const alignment = { horizontalAlignment: z.literal("right").optional() };

const textBlock = z.strictObject({ type: z.literal("TextBlock"), text: withoutMarkdown, wrap: z.literal(true), ...look, ...placing, ...alignment });
const richTextBlock = z.strictObject({
  type: z.literal("RichTextBlock"), inlines: z.array(z.strictObject({ type: z.literal("TextRun"), text: harmless, ...look })).length(1), ...placing, ...alignment,
});
const text = z.union([textBlock, richTextBlock]);
const columnSet = z.strictObject({
  type: z.literal("ColumnSet"), ...placing,
  columns: z.array(z.strictObject({ type: z.literal("Column"), width: z.enum(["stretch", "auto"]), items: z.array(text).min(1) })).min(1).max(2),
});
const container = z.strictObject({
  type: z.literal("Container"), style: z.enum(["attention", "warning", "good", "accent"]), bleed: z.literal(true), items: z.array(text).min(1),
});

const adaptive = { $schema: z.literal("http://adaptivecards.io/schemas/adaptive-card.json"), type: z.literal("AdaptiveCard"), version: z.literal("1.4"), fallbackText: harmless };

function envelope<T extends z.ZodRawShape>(content: T) {
  return z.strictObject({
    type: z.literal("message"),
    summary: harmless,
    attachments: z.array(z.strictObject({ contentType: z.literal("application/vnd.microsoft.card.adaptive"), content: z.strictObject({ ...adaptive, ...content }) })).length(1),
  });
}

export const adaptiveSchema = envelope({
  msteams: z.strictObject({ width: z.literal("Full") }), body: z.array(z.union([container, text, columnSet])).min(2),
});
export const plainAdaptiveSchema = envelope({ body: z.array(z.strictObject({ type: z.literal("TextBlock"), text: withoutMarkdown, wrap: z.literal(true) })).min(2) });

const frame = {
  "@type": z.literal("MessageCard"), "@context": z.literal("https://schema.org/extensions"), summary: harmless, title: harmless, themeColor: z.string().regex(/^[0-9A-F]{6}$/),
};
const factOf = z.strictObject({ name: harmless, value: z.union([harmless, z.literal("")]) });
export const messageSchema = z.strictObject({
  ...frame,
  sections: z.array(z.union([
    z.strictObject({ text: harmless, markdown: z.literal(false) }),
    z.strictObject({ title: harmless.optional(), facts: z.array(factOf).min(1), markdown: z.literal(false) }),
  ])).min(1),
});
export const plainMessageSchema = z.strictObject({ ...frame, title: withoutMarkdown, text: z.string().refine((lines) => lines.split("\n\n").every((line) => withoutMarkdown.safeParse(line).success)) });

/** Every text of a body, joined by line breaks. */
export function textsIn(value: unknown): string {
  if (typeof value === "string") return value;
  return typeof value === "object" && value !== null ? Object.values(value).map(textsIn).join("\n") : "";
}
