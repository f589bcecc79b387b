// Whether the monitor does what it is there for: scans on time, state on disk.
import type { Heartbeat } from "../../domain/heartbeat.ts";
import type { Readiness } from "../../ports/operator-desk.ts";

export function readinessOf({ attention, lastRelayScan, lastInverterScan }: Heartbeat): Readiness {
  const reasons = [
    ...(lastRelayScan === null || lastInverterScan === null ? ["primeira varredura em curso"] : []),
    ...(attention.some(({ kind }) => kind === "scan-late") ? ["varredura atrasada"] : []),
    ...(attention.some(({ kind }) => kind === "state-not-saved") ? ["estado não gravado em disco"] : []),
  ];
  return reasons.length === 0 ? { isReady: true } : { isReady: false, reason: reasons.join("; ") };
}
