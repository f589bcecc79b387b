// What of an incident the operators were not told, or late: after the time of the telling, where there is one.
import type { IncidentView } from "../../../src/api/schemas.ts";

type Told = Pick<IncidentView, "end" | "notifiedAt" | "endNotifiedAt" | "mutedReason">;

/** A silence kept back the failure, or the normalization of one that was told, or the failure until the silence's end told it. */
export function untoldWords({ end, notifiedAt, endNotifiedAt, mutedReason }: Told): string {
  if (notifiedAt === null) return mutedReason ?? "ainda não";
  if (mutedReason === null) return "";
  return end !== null && endNotifiedAt === null ? ` · normalização não enviada: ${mutedReason}` : " · no fim do silêncio";
}
