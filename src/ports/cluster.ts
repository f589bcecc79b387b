// Many workers on one account: the state that they share, and the queue of what is to be scanned.
import type { DeviceKind } from "../domain/plant.ts";
import type { OpenState } from "./ledger.ts";
import type { EndedScan } from "./plant-scan.ts";

/** The whole state, of which workers write the plants that they scan. */
export interface SharedState extends OpenState {
  /** Reads what others have written since. */
  refresh(): Promise<void>;
  /** By plant, the name of its last scan that is known: those that ended since are answered, and what they found is in the state. */
  scansSince(known: ReadonlyMap<string, string | null>): Promise<readonly EndedScan[]>;
  /** Name of the plant's last scan that is known here; null: none. */
  lastScan(plantId: string): string | null;
  /** Whether workers find this plant there. */
  isShared(plantId: string): boolean;
}

export interface ScanJob {
  readonly kind: DeviceKind;
  readonly plantId: string;
  /** Of each call: 3 as a rule, 1 for the probe of an API that is down. */
  readonly tries: number;
}

/** Of one account. Both reject while the queue is away. */
export interface ScanQueue {
  /** Changes nothing where the plant already waits for such a scan, or is being scanned. */
  send(job: ScanJob): Promise<void>;
  /** Whether such a scan waits or is under way. */
  isKnown(job: Pick<ScanJob, "kind" | "plantId">): Promise<boolean>;
}

/** How many calls of the API may be under way, in the whole cluster. */
export interface CallLimit {
  /** Runs the task in its turn; null where `signal` ended the wait for it. */
  run<T>(task: () => Promise<T>, signal: AbortSignal): Promise<T | null>;
  readonly succeeded: () => void;
  /** 429, 5xx or a time-out: fewer from now on. */
  readonly suffered: () => void;
}
