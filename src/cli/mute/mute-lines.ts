// Mutes as lines for a terminal.
import { shortMoment } from "../../adapters/desk/request-words.ts";
import { duration } from "../../adapters/teams/words.ts";
import type { MuteView } from "../../api/schemas.ts";
import type { EpochMs } from "../../domain/local-time.ts";
import type { RulesOf } from "../../domain/rules.ts";

/** Two lines each; times by the plant's clock. */
export function muteLines(mutes: readonly MuteView[], now: EpochMs, rulesOf: RulesOf): string[] {
  return mutes.flatMap(({ id, plantId, plantName, device, deviceName, since, until, reason, by }) => {
    const { zone } = rulesOf({ id: plantId, name: plantName });
    const who = device === null ? "a usina inteira" : `só o aparelho ${deviceName === null || deviceName === device ? device : `${deviceName} (${device})`}`;
    return [
      `${plantName} (${plantId}), ${who}, até ${shortMoment(until, zone)} (faltam ${duration(until - now)}) · silêncio ${id}`,
      `    desde ${shortMoment(since, zone)}, por ${by}: ${reason}`,
    ];
  });
}
