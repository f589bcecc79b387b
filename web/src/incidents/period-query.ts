// The period and the filters of the incidents, in the page's address and in the monitor's.
import { addDays, epochOf, wallOf } from "../zone-time.ts";

export interface PeriodQuery { readonly from: string; readonly to: string; readonly plant: string; readonly kind: string; readonly type: string }

const DATE = /^\d{4}-\d\d-\d\d$/;
const USUAL_DAYS = 7;
const LIMIT = 1000;

/** Both days included; a week up to today where the address says nothing of use. */
export function readQuery(query: URLSearchParams, now: number, zone: string): PeriodQuery {
  const today = wallOf(now, zone).date;
  const dateOf = (key: string, otherwise: string): string => { const text = query.get(key) ?? ""; return DATE.test(text) && !Number.isNaN(Date.parse(text)) ? text : otherwise; };
  const to = dateOf("ate", today);
  const from = dateOf("de", addDays(to, 1 - USUAL_DAYS));
  const kind = query.get("aparelho") ?? "";
  return { from: from > to ? to : from, to, plant: query.get("usina") ?? "", kind: kind === "relay" || kind === "inverter" ? kind : "", type: query.get("tipo") ?? "" };
}

/** What follows `api/incidents?`: moments in epoch milliseconds, the last one not included. */
export function apiQuery({ from, to, plant, kind, type }: PeriodQuery, zone: string): string {
  const query = new URLSearchParams({ from: String(epochOf(from, "00:00", zone)), to: String(epochOf(addDays(to, 1), "00:00", zone)) });
  for (const [key, value] of Object.entries({ plant, kind, type })) if (value !== "") query.set(key, value);
  query.set("limit", String(LIMIT));
  return query.toString();
}
