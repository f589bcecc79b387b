// The composition root: the one place that knows which adapter stands behind which port.
import { createFileStore } from "./adapters/file-store/file-store.ts";
import { createPlantApi } from "./adapters/pvoperation/client.ts";
import { createShadowMessenger, createTeamsMessenger } from "./adapters/teams/teams-messenger.ts";
import type { Identity, Settings } from "./app/context.ts";
import { withGrace } from "./app/finish-calls.ts";
import { openWhole } from "./app/ledger.ts";
import type { Companion, MonitorParts } from "./app/supervisor.ts";
import type { Config } from "./config/config.ts";
import type { Clock } from "./ports/clock.ts";
import type { Disk } from "./ports/disk.ts";
import type { Messenger } from "./ports/messenger.ts";
import type { Telemetry } from "./ports/telemetry.ts";
import type { Transport } from "./ports/transport.ts";

/** What differs between a real day and a simulated one. */
export interface Outside {
  readonly clock: Clock;
  readonly transport: Transport;
  readonly disk: Disk;
  readonly telemetry: Telemetry;
  /** 0 ≤ n < 1 */
  readonly random: () => number;
  readonly identity: Identity;
  /** Absent: a file on `disk`. */
  readonly openState?: MonitorParts["openState"];
  /** Absent: scans are done here. */
  readonly scanElsewhere?: MonitorParts["scanElsewhere"];
  /** Absent: nobody else does. */
  readonly onChange?: MonitorParts["onChange"];
  /** What runs beside it: the page, the reports. */
  readonly companions?: readonly Companion[];
}

export function wireMonitor(config: Config, outside: Outside): MonitorParts {
  const { clock, telemetry, random, identity, disk, companions = [] } = outside;
  const transport = withGrace(outside.transport, clock);
  const api = createPlantApi({ ...config.pvop, transport, clock, random, telemetry });
  return {
    settings: settingsOf(config),
    identity, api, clock, telemetry, random, companions,
    countCalls: () => api.calls(),
    messenger: wireMessenger(config, transport, clock),
    openState: outside.openState ?? ((now) => openWhole(createFileStore({ disk, zone: config.zone }), now)),
    scanElsewhere: outside.scanElsewhere ?? null,
    onChange: outside.onChange ?? (() => undefined),
    lookAround: () => Promise.resolve(),
  };
}

export function wireMessenger({ teams }: Config, transport: Transport, clock: Clock): Messenger {
  if (!teams.enabled || teams.webhookUrl === null) return createShadowMessenger(teams.format);
  return createTeamsMessenger({ webhookUrl: teams.webhookUrl, format: teams.format, transport, now: () => clock.now() });
}

function settingsOf(config: Config): Settings {
  return {
    zone: config.zone,
    intervalMs: { relay: config.relayIntervalMs, inverter: config.inverterIntervalMs },
    heartbeatTimesS: config.heartbeatTimesS,
    relayPlants: config.relayPlants,
    concurrency: config.pvop.concurrency,
    teamsEnabled: config.teams.enabled,
    rulesOf: config.rulesOf,
  };
}
