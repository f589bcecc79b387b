// The bytes of a state file → state, whoever wrote it: this monitor or its predecessor.
import type { EpochMs } from "../domain/local-time.ts";
import type { MonitorState } from "../domain/monitor-state.ts";
import { decodeState } from "./decode-state.ts";
import { isPredecessorFile, takeOver } from "./predecessor.ts";

type Read =
  | { readonly kind: "own" | "predecessor"; readonly state: MonitorState }
  | { readonly kind: "corrupt"; readonly reason: string };

/** The state in the bytes of a file, whoever wrote it; `corrupt` says in Portuguese why it cannot be one. */
export function readState(bytes: Uint8Array, zone: string, now: EpochMs): Read {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return { kind: "corrupt", reason: bytes.length === 0 ? "arquivo vazio" : "não é JSON em UTF-8 (arquivo cortado?)" };
  }
  try {
    if (isPredecessorFile(json)) {
      const taken = takeOver(json, zone, now);
      return taken.ok ? { kind: "predecessor", state: taken.state } : { kind: "corrupt", reason: taken.reason };
    }
    const decoded = decodeState(json);
    return decoded.ok ? { kind: "own", state: decoded.state } : { kind: "corrupt", reason: decoded.reason };
  } catch (error) {
    // The schema's way to say that there are more faults (some 100,000) than it can list.
    if (error instanceof RangeError) return { kind: "corrupt", reason: "não tem a forma de um estado (em lugares demais)" };
    throw error;
  }
}
