// The shape of an outbox entry in the state file.
import { z } from "zod";
import { isoLocal } from "../domain/local-time.ts";
import type { Notification } from "../domain/notification.ts";

/** Years 5 to 9987: in any zone a date of four digits. Beyond them one damaged digit would break every scan, start after start. */
export const epoch = z.number().int().min(-62e12).max(253e12);
/** One that Temporal knows: cards are written with it. */
const zone = z.string().refine((name) => {
  try {
    return isoLocal(0, name) !== "";
  } catch {
    return false;
  }
});
const kind = z.enum(["relay", "inverter"]);
const severity = z.enum(["danger", "warning", "good", "info"]);
const plant = z.object({ id: z.string(), name: z.string(), capacityKwp: z.number().nullable(), zone });

const event = z.object({
  kind: z.enum(["failure", "normal"]),
  subject: kind,
  device: z.string(),
  type: z.string().nullable(),
  reading: epoch,
  incident: z.object({ id: z.string(), first: epoch, last: epoch, end: epoch.nullable(), parameters: z.array(z.string()), nth: z.number().int() }),
});

const durationMs = z.number().min(0);
const share = z.number().min(0).max(1).nullable();
const count = z.number().int().min(0);
const reportTotals = z.object({
  plants: count, devices: count, incidents: count, open: count, downMs: durationMs, downInWindowMs: durationMs, mttrMs: durationMs.nullable(), availability: share,
});
const weeklyReport = z.object({
  kind: z.literal("weekly-report"),
  week: z.string(),
  from: epoch, to: epoch, until: epoch, at: epoch,
  zone,
  relay: reportTotals, inverter: reportTotals,
  worst: z.array(z.object({ plant: z.string(), subject: kind, incidents: count, downMs: durationMs, downInWindowMs: durationMs, availability: share })),
  others: count, gaps: count,
  file: z.string().nullable(),
});

const notice = z.discriminatedUnion("kind", [
  weeklyReport,
  z.object({
    kind: z.literal("devices"),
    plant,
    subject: kind,
    outcome: z.enum(["failure", "normal", "passed"]),
    severity,
    devices: z.array(z.object({ device: z.string(), name: z.string(), events: z.array(event) })),
    situation: z.object({
      readAt: epoch, invertersDown: z.number().int(), invertersKnown: z.number().int(), relayAlerts: z.number().int(),
      invertersUnwatched: z.boolean(), relayUnasked: z.boolean(),
    }),
  }),
  z.object({
    kind: z.literal("relay-silent"),
    plant,
    relays: z.array(z.object({ device: z.string(), name: z.string(), types: z.array(z.string()), lastReading: epoch })),
    at: epoch,
  }),
  z.object({
    kind: z.literal("mute-ended"),
    plant,
    device: z.object({ device: z.string(), name: z.string(), subject: kind.nullable() }).nullable(),
    since: epoch, until: epoch, reason: z.string(), by: z.string(), endedBy: z.string().nullable(), at: epoch, severity,
    failing: z.array(z.object({
      subject: kind, device: z.string(), name: z.string(), type: z.string().nullable(), parameters: z.array(z.string()),
      incidentId: z.string(), first: epoch, last: epoch,
    })),
    gone: z.array(z.object({ device: z.string().nullable(), kind: kind.nullable(), type: z.string().nullable(), at: epoch, name: z.string() })),
    stillSilent: count, invertersUnwatched: z.boolean(), relaySilent: z.boolean(),
  }),
  z.object({
    kind: z.literal("monitor"),
    topic: z.enum(["api", "no-data", "state"]),
    phase: z.enum(["lost", "back"]),
    since: epoch,
    at: epoch,
    zone,
    detail: z.string().nullable(),
    plants: z.object({ affected: z.number().int(), total: z.number().int() }).nullable(),
  }),
]);

export const notificationSchema: z.ZodType<Notification> = z.object({ id: z.string(), committedAt: epoch, notice, refusedUntil: epoch.nullable() });
