// What the demo and its monitor process say to each other over the IPC channel.
import { z } from "zod";
import type { Happening } from "../../ports/telemetry.ts";

const CARD_KINDS = [
  "heartbeat", "relay.failure", "relay.normal", "relay.passed", "inverter.failure", "inverter.normal", "inverter.passed",
  "relay-silent", "mute-ended", "monitor", "weekly-report", "digest",
] as const;
export type CardKind = (typeof CARD_KINDS)[number];

const order = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("pace"), virtual: z.number(), factor: z.number().positive() }),
  z.object({ kind: z.literal("stop") }),
]);
export type Order = z.infer<typeof order>;

const toldEvent = z.object({
  /** `relay.failure`, `inverter.normal` … as `simulate` prints them. */
  kind: z.string(), plant: z.string(), device: z.string(), type: z.string().nullable(), incident: z.string(),
});

const report = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("loaded"), plants: z.number(), waiting: z.number() }),
  z.object({ kind: z.literal("started") }),
  /** From this moment of its clock on the monitor works, or waits. */
  z.object({ kind: z.literal("work"), isWorking: z.boolean(), at: z.number() }),
  z.object({ kind: z.literal("card"), card: z.enum(CARD_KINDS) }),
  /** Sent before the card is: whether Teams took it, the demo sees for itself. */
  z.object({ kind: z.literal("posting"), body: z.string(), events: z.array(toldEvent) }),
  z.object({ kind: z.literal("card-failed") }),
  z.object({ kind: z.literal("heartbeat-dropped") }),
]);
export type Report = z.infer<typeof report>;
export type ToldEvent = z.infer<typeof toldEvent>;

export function readOrder(message: unknown): Order | null {
  return order.safeParse(message).data ?? null;
}

export function readReport(message: unknown): Report | null {
  return report.safeParse(message).data ?? null;
}

/** What the demo wants to know of a happening; null: nothing. */
export function createReporter(): (happening: Happening) => Report | null {
  // A heartbeat's card comes right behind it, and looks like a digest's otherwise.
  let isHeartbeat = false;
  return (happening) => {
    switch (happening.kind) {
      case "state.loaded": return { kind: "loaded", plants: happening.plants, waiting: happening.waiting };
      case "monitor.started": return { kind: "started" };
      case "card.failed": return { kind: "card-failed" };
      case "heartbeat.dropped": return { kind: "heartbeat-dropped" };
      case "heartbeat.delivered":
        isHeartbeat = true;
        return { kind: "card", card: "heartbeat" };
      case "card.delivered": {
        const { notice } = happening;
        const wasHeartbeat = isHeartbeat && happening.card.plantId === null;
        if (wasHeartbeat) isHeartbeat = false;
        if (notice === null) return wasHeartbeat ? null : { kind: "card", card: "digest" };
        return { kind: "card", card: notice.kind === "devices" ? `${notice.subject}.${notice.outcome}` : notice.kind };
      }
      case "card.posting": {
        const { body, telling } = happening;
        if (telling.kind !== "events") return null;
        const { plant, events } = telling;
        return { kind: "posting", body, events: events.map(({ kind, subject, device, type, incident }) => ({ kind: `${subject}.${kind}`, plant: plant.id, device, type, incident: incident.id })) };
      }
      default: return null;
    }
  };
}
