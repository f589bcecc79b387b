// What each happening adds to the counters. Every series of a closed set exists from the start: a rate over a first occurrence is not lost.
import { REASONS } from "../../ports/plant-api.ts";
import type { Happening } from "../../ports/telemetry.ts";
import type { Counters } from "./instruments.ts";

type OfKind<K extends Happening["kind"]> = Extract<Happening, { readonly kind: K }>;
type ScanFinished = OfKind<"scan.finished">;

const KINDS = ["relay", "inverter"] as const satisfies ScanFinished["scan"][];
const EVENTS = ["failure", "normal"] as const;
/** Paths of PVOperation; whatever comes later is `other` until it is named here. */
const CALLS = ["authenticate", "plants", "plant_devices", "day_relay", "day_inverter"] as const;
const OTHER_CALL = "other";
const POSTS: Readonly<Record<OfKind<"card.posted">["outcome"], true>> = { delivered: true, retry: true, gone: true, refused: true, stopped: true };

const seconds = (ms: number): number => ms / 1_000;
const knownCall = (call: string): string => CALLS.find((known) => known === call) ?? OTHER_CALL;

export function startAtZero(counters: Counters): void {
  for (const kind of KINDS) {
    for (const outcome of ["complete", "partial", "aborted"]) counters.scans.inc({ kind, outcome }, 0);
    for (const outcome of ["complete", "unavailable", "unwatched"]) counters.scanPlants.inc({ kind, outcome }, 0);
    for (const plain of [counters.readings, counters.oldReadings, counters.unusable]) plain.inc({ kind }, 0);
    for (const reason of REASONS) counters.reasons.inc({ kind, reason }, 0);
    for (const event of EVENTS) counters.incidents.inc({ kind, event }, 0);
    counters.scanSeconds.zero({ kind });
  }
  for (const call of CALLS) {
    for (const outcome of ["ok", ...REASONS.filter((reason) => reason !== "nobody")]) counters.apiCalls.inc({ call, outcome }, 0);
    counters.apiSeconds.zero({ call });
  }
  for (const outcome of Object.keys(POSTS)) counters.teamsPosts.inc({ outcome }, 0);
  for (const outcome of ["delivered", "shadow", "failed", "refused"]) counters.cards.inc({ outcome }, 0);
  for (const outcome of ["delivered", "dropped"]) counters.heartbeats.inc({ outcome }, 0);
  for (const signal of ["success", "fail"]) for (const outcome of ["ok", "failed"]) counters.pings.inc({ signal, outcome }, 0);
}

export function count(counters: Counters, happening: Happening): void {
  switch (happening.kind) {
    case "scan.finished": countScan(counters, happening); break;
    case "event.detected": counters.incidents.inc({ kind: happening.event.subject, event: happening.event.kind }); break;
    case "api.called": {
      const call = knownCall(happening.call);
      counters.apiCalls.inc({ call, outcome: happening.outcome });
      counters.apiSeconds.observe({ call }, seconds(happening.durationMs));
      break;
    }
    case "card.posted":
      counters.teamsPosts.inc({ outcome: happening.outcome });
      counters.teamsSeconds.observe(seconds(happening.durationMs));
      break;
    case "card.delivered": counters.cards.inc({ outcome: "delivered" }); break;
    case "card.shadow": counters.cards.inc({ outcome: "shadow" }); break;
    case "card.failed": counters.cards.inc({ outcome: "failed" }); break;
    case "card.refused": counters.cards.inc({ outcome: "refused" }); break;
    case "state.saved": counters.saveSeconds.observe(seconds(happening.durationMs)); break;
    case "state.not-saved": counters.saveFailures.inc(); break;
    case "heartbeat.delivered": counters.heartbeats.inc({ outcome: "delivered" }); break;
    case "heartbeat.dropped": counters.heartbeats.inc({ outcome: "dropped" }); break;
    case "ping.ended": counters.pings.inc({ signal: happening.signal, outcome: happening.isTaken ? "ok" : "failed" }); break;
    default: break; // the rest is the log's
  }
}

function countScan(counters: Counters, scan: ScanFinished): void {
  const kind = scan.scan;
  counters.scans.inc({ kind, outcome: scan.endedEarly ? "aborted" : scan.unavailable > 0 ? "partial" : "complete" });
  counters.scanSeconds.observe({ kind }, seconds(scan.durationMs));
  for (const outcome of ["complete", "unavailable", "unwatched"] as const) counters.scanPlants.inc({ kind, outcome }, scan[outcome]);
  counters.readings.inc({ kind }, scan.readings);
  counters.oldReadings.inc({ kind }, scan.oldNews);
  counters.unusable.inc({ kind }, scan.unusable);
  for (const [reason, plants] of Object.entries(scan.reasons)) counters.reasons.inc({ kind, reason }, plants);
}
