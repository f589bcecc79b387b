// The model's rules out of a scenario's settings, by their names in the specification.
import type { Scenario } from "../../src/simulator/scenario.ts";
import type { Rules } from "../model/judge.ts";
import type { Calendar } from "../model/wall-clock.ts";

const secondOf = (clock: string): number => {
  const [hour = "0", minute = "0"] = clock.split(":");
  return Number(hour) * 3600 + Number(minute) * 60;
};

export function modelRules({ config }: Scenario, calendar: Calendar): Rules {
  const text = (name: string, fallback: string): string => String(config[name] ?? fallback);
  const [from = "", to = ""] = text("GENERATION_WINDOW", "06:30-17:30").split("-");
  return {
    calendar,
    window: [secondOf(from), secondOf(to)],
    failureReadings: Number(text("INVERTER_FAILURE_READINGS", "3")),
    recoveryReadings: Number(text("INVERTER_RECOVERY_READINGS", "3")),
    zeroKw: Number(text("INVERTER_ZERO_KW", "0")),
  };
}
