// The rules of a plant as the standard settings give them, and plants to judge by them.
import { HOUR_MS, SECOND_MS, type EpochMs } from "../../src/domain/local-time.ts";
import { defaultRelayClasses } from "../../src/domain/relay-parameters.ts";
import type { PlantRules } from "../../src/domain/rules.ts";
import { moment } from "./scenario.ts";

export const ZONE = "America/Sao_Paulo";

/** An instant by the wall clock of São Paulo; the same short forms as in a scenario. Not asked of the code that is tested. */
export function instant(told: string): EpochMs {
  return Temporal.PlainDateTime.from(moment(told)).toZonedDateTime(ZONE).epochMilliseconds;
}

export function plantRules(more: Partial<PlantRules>): PlantRules {
  return {
    zone: ZONE, window: { fromS: (6.5 * HOUR_MS) / SECOND_MS, toS: (17.5 * HOUR_MS) / SECOND_MS }, failureReadings: 3, recoveryReadings: 3, zeroKw: 0,
    ignoredParameters: new Set(), relayClasses: defaultRelayClasses, muted: false, ...more,
  };
}
