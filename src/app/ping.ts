// Dead man's switch: whoever watches over the monitor gets a request after every scan cycle, and alarms when none comes (Healthchecks' conventions).
import { SECOND_MS } from "../domain/local-time.ts";
import type { DeviceKind } from "../domain/plant.ts";
import type { HttpRequest, HttpResult, Transport } from "../ports/transport.ts";
import type { Happening, Telemetry } from "../ports/telemetry.ts";
import type { Companion } from "./supervisor.ts";

const TIMEOUT_MS = 10 * SECOND_MS;
const MOST_BYTES = 64 * 1024;
const TRIES = 2;
const RETRY_AFTER_MS = SECOND_MS;

interface Failure {
  readonly reason: string;
  readonly detail: string;
}

type Cycle = Extract<Happening, { readonly kind: "scan.finished" }>;

export interface Ping extends Telemetry {
  /** Sends beside the monitor, one ping at a time, until the stop signal. */
  readonly companion: Companion;
}

/** `url` is a secret: it is in no happening. Redirects are no answer: the transport follows none. */
export function createPing(url: string, transport: Transport): Ping {
  /** The newest cycle that was not told yet; an older one is no news any more. */
  let next: Cycle | null = null;
  let wake = (): void => undefined;
  let isFailing = false;
  return {
    tell: (happening) => {
      if (happening.kind !== "scan.finished") return;
      next = happening;
      wake();
    },
    companion: async ({ context: { clock, telemetry, stop } }) => {
      stop.addEventListener("abort", () => { wake(); }, { once: true });
      while (!stop.aborted) {
        const cycle = next;
        next = null;
        if (cycle === null) {
          await new Promise<void>((resolve) => { wake = resolve; });
          continue;
        }
        const failure = await send(requestFor(url, cycle));
        if (failure?.reason === "stopped") return;
        telemetry.tell({ kind: "ping.ended", signal: cycle.endedEarly ? "fail" : "success", isTaken: failure === null });
        if (failure !== null && !isFailing) telemetry.tell({ kind: "ping.failed", ...failure });
        if (failure === null && isFailing) telemetry.tell({ kind: "ping.back" });
        isFailing = failure !== null;
      }

      /** Null where it was taken, else why not. */
      async function send(request: HttpRequest): Promise<Failure | null> {
        for (let attempt = 1; ; attempt += 1) {
          const failure = failureOf(await transport.exchange(request, stop));
          if (failure === null || failure.reason === "stopped" || attempt === TRIES) return failure;
          await clock.sleep(RETRY_AFTER_MS, stop);
        }
      }
    },
  };
}

function requestFor(url: string, cycle: Cycle): HttpRequest {
  const common = { timeoutMs: TIMEOUT_MS, maxBytes: MOST_BYTES };
  if (!cycle.endedEarly) return { ...common, method: "GET", url, headers: { "user-agent": "pvmonitor" }, body: null };
  const headers = { "user-agent": "pvmonitor", "content-type": "text/plain; charset=utf-8" };
  return { ...common, method: "POST", url: failUrl(url), headers, body: reasonOf(cycle) };
}

function failUrl(address: string): string {
  const url = new URL(address);
  url.pathname = `${url.pathname.replace(/\/+$/, "")}/fail`;
  return url.href;
}

const NAMES: Readonly<Record<DeviceKind, string>> = { relay: "relés", inverter: "inversores" };

/** One line without names: it goes to somebody else's service. */
function reasonOf({ scan, plants, unavailable, reasons }: Cycle): string {
  const counted = Object.entries(reasons).map(([reason, count]) => `${reason}=${count}`).join(", ");
  const asked = plants === 0 ? "a lista de usinas não veio" : `${unavailable} de ${plants} ${plants === 1 ? "usina" : "usinas"} sem resposta`;
  return `varredura de ${NAMES[scan]} interrompida antes do fim: ${asked}${counted === "" ? "" : ` (${counted})`}`;
}

/** The transport's detail never holds the address. */
function failureOf(result: HttpResult): Failure | null {
  if (result.kind === "failed") return { reason: result.reason, detail: result.detail };
  return result.status >= 200 && result.status < 300 ? null : { reason: `HTTP ${result.status}`, detail: "" };
}
