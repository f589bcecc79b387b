// The fault table: which fault stands for a call now, and what the service then answers.
import { MINUTE_MS, type EpochMs } from "../domain/local-time.ts";
import { instantOf, type Endpoint, type Fault, type FaultKind, type Scenario } from "./scenario.ts";
import { JSON_TYPE, json, refusal, type WorldAnswer } from "./world-answer.ts";

const HTML_PAGE = "<!DOCTYPE html><html><head><title>Serviço em manutenção</title></head><body><h1>Voltamos já</h1></body></html>";
const FAILED_DELIVERY =
  "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429 with ContextId tcid=0,server=simulated.";

interface TimedFault extends Fault {
  readonly begins: EpochMs;
  readonly ends: EpochMs;
  /** `unauthorized`: it was met, and may be lifted by the next login; then it was. */
  met: boolean;
  lifted: boolean;
}

/** The fault that stands for a call now: the first of the file that fits.
 *  A lifted `unauthorized` fits no longer, so the next one that does has its turn. */
export function createFaults(scenario: Scenario, now: () => EpochMs) {
  const faults: TimedFault[] = scenario.faults.map((fault) => ({
    ...fault,
    begins: instantOf(scenario, fault.from),
    ends: instantOf(scenario, fault.to),
    met: false,
    lifted: false,
  }));
  const counts = new Map<string, number>();
  const onlyOf = (endpoint: Endpoint, { kind }: FaultKind): boolean => {
    if (endpoint === "teams") return ["timeout", "reset", "status", "body-error", "accepted-then-reset"].includes(kind);
    return kind === "partial" ? endpoint === "plants" : kind !== "body-error" && kind !== "accepted-then-reset";
  };
  return {
    counts,
    meet(endpoint: Endpoint, plant: string | null): FaultKind | null {
      const at = now();
      const fault = faults.find(
        (row) => row.endpoint === endpoint && row.begins <= at && at < row.ends && !row.lifted &&
          (row.plant === null || row.plant === plant) && onlyOf(endpoint, row.fault),
      );
      if (fault === undefined) return null;
      fault.met = true;
      counts.set(fault.text, (counts.get(fault.text) ?? 0) + 1);
      return fault.fault;
    },
    loggedIn(): void {
      for (const fault of faults) if (fault.met && fault.fault.kind === "unauthorized") fault.lifted = true;
    },
  };
}

/** The answer of a fault that needs to know nothing of the call; null where it only alters the right answer. */
export function faultyAnswer(fault: FaultKind, now: EpochMs): WorldAnswer | null {
  switch (fault.kind) {
    case "timeout":
      return { kind: "never" };
    case "reset":
      return { kind: "reset" };
    case "status": {
      const { status, retryAfter } = fault;
      const value = retryAfter === "date" ? new Date(now + MINUTE_MS).toUTCString() : retryAfter;
      const headers = value === null ? JSON_TYPE : { ...JSON_TYPE, "retry-after": String(value) };
      return { kind: "answer", status, headers, body: status === 204 || status === 304 ? "" : JSON.stringify({ message: `simulated ${status}` }) };
    }
    case "unauthorized":
      return refusal(401, "Token is invalid!");
    case "empty":
      return json(200, "[]");
    case "notjson":
      return { kind: "answer", status: 200, headers: { "content-type": "text/html; charset=utf-8" }, body: HTML_PAGE };
    case "wrongtype":
      return json(200, JSON.stringify({ message: "simulated" }));
    case "body-error":
      return { kind: "answer", status: 200, headers: { "content-type": "text/plain" }, body: FAILED_DELIVERY };
    case "accepted-then-reset":
      return { kind: "reset" };
    case "partial":
    case "truncated":
      return null;
  }
}
