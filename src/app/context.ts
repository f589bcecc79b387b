// What every use case needs: the outside worlds, the state, and the word to stop.
import type { DeviceKind, PlantInfo } from "../domain/plant.ts";
import type { NotifiedPlant } from "../domain/notification.ts";
import type { RulesOf } from "../domain/rules.ts";
import type { Clock } from "../ports/clock.ts";
import type { Ledger } from "../ports/ledger.ts";
import type { Messenger } from "../ports/messenger.ts";
import type { PlantApi } from "../ports/plant-api.ts";
import type { Telemetry } from "../ports/telemetry.ts";
import type { KnownDays } from "./known-days.ts";

export interface Settings {
  readonly zone: string;
  readonly intervalMs: Readonly<Record<DeviceKind, number>>;
  readonly heartbeatTimesS: readonly number[];
  readonly relayPlants: "auto" | "all" | ReadonlySet<string>;
  readonly concurrency: number;
  readonly teamsEnabled: boolean;
  readonly rulesOf: RulesOf;
}

/** Who the monitor is, for the heartbeat. */
export interface Identity {
  readonly host: string;
  readonly pid: number;
  readonly version: string;
}

export interface Context {
  readonly settings: Settings;
  readonly identity: Identity;
  readonly api: PlantApi;
  readonly messenger: Messenger;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** Before anything is said of now: whether somebody else says it by now shows in `stop`. */
  readonly lookAround: () => Promise<void>;
  /** 0 ≤ n < 1, for jitter. */
  readonly random: () => number;
  /** True the first time a day that it is asked about this: what is worth a log line, but not every scan. */
  readonly isNewsOfTheDay: (key: string) => boolean;
  /** What the API need not send again; of this account alone, and in the memory of this process. */
  readonly knownDays: KnownDays;
  /** Ends every wait: no new work after it. */
  readonly stop: AbortSignal;
}

export function notified(info: PlantInfo, settings: Pick<Settings, "rulesOf">): NotifiedPlant {
  return { ...info, zone: settings.rulesOf(info).zone };
}
