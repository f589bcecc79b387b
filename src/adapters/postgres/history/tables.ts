// Where each record goes, and what a second one of the same key changes: what is known of both is kept, whatever their order.

export interface Table {
  /** Takes the tenant, and the rows as JSON; no two of a key. */
  readonly insert: string;
  /** Beside the tenant. */
  readonly key: readonly string[];
}

function table(name: string, columns: Readonly<Record<string, string>>, key: readonly string[], onConflict = "NOTHING"): Table {
  const names = Object.keys(columns);
  const insert = `
    INSERT INTO pvmonitor.${name} AS own (tenant, ${names.join(", ")})
    SELECT $1, ${names.map((column) => `new.${column}`).join(", ")}
    FROM json_to_recordset($2::json) AS new (${Object.entries(columns).map(([column, type]) => `${column} ${type}`).join(", ")})
    ON CONFLICT (tenant, ${key.join(", ")}) DO ${onConflict}`;
  return { insert, key };
}

/** The earliest; what is not known (null) counts for nothing. */
const earliest = (column: string): string => `${column} = least(own.${column}, excluded.${column})`;
const latest = (column: string): string => `${column} = greatest(own.${column}, excluded.${column})`;
/** The name by whoever saw it last. */
const newestName = (column: string): string =>
  `${column} = CASE WHEN (excluded.last_at, excluded.${column}) > (own.last_at, own.${column}) THEN excluded.${column} ELSE own.${column} END`;

export const INCIDENT = table("history_incident", {
  id: "text", first_at: "bigint", plant_id: "text", plant_name: "text", kind: "text", device: "text", device_name: "text", type: "text", parameters: "text[]",
  last_at: "bigint", ended_at: "bigint", gone_at: "bigint", notified_at: "bigint", end_notified_at: "bigint", muted_reason: "text",
}, ["id", "first_at"], `UPDATE SET ${[
  newestName("plant_name"), newestName("device_name"),
  'parameters = ARRAY(SELECT DISTINCT parameter COLLATE "C" FROM unnest(own.parameters || excluded.parameters) AS parameter ORDER BY 1)',
  latest("last_at"), latest("gone_at"), ...["ended_at", "notified_at", "end_notified_at", "muted_reason"].map(earliest),
].join(", ")}`);

export const TOLD = table("history_told", { incident_id: "text", event: "text", at: "bigint" }, ["incident_id", "event", "at"]);
export const GONE = table("history_gone", { plant_id: "text", whole_plant: "boolean", device: "text", at: "bigint" }, ["plant_id", "whole_plant", "device", "at"]);

export const SCAN = table("history_scan", {
  at: "bigint", kind: "text", duration_ms: "float8", plants: "bigint", complete: "bigint", unavailable: "bigint", unwatched: "bigint", readings: "bigint", reasons: "json",
  ended_early: "boolean", calls: "bigint", failed_calls: "bigint", median_ms: "float8", p95_ms: "float8",
}, ["at", "kind"]);

export const CARD = table("history_card", {
  at: "bigint", title: "text", outcome: "text", attempt: "bigint", severity: "text", plant_id: "text", events: "bigint", reason: "text",
}, ["at", "title", "outcome", "attempt"]);

/** An outage that ended stays ended; of two words for it the longer one counts. */
export const OUTAGE = table("history_outage", { topic: "text", since: "bigint", until: "bigint", detail: "text" }, ["topic", "since"], `UPDATE SET ${latest("until")},
  detail = CASE WHEN (length(excluded.detail), excluded.detail) > (length(own.detail), own.detail) THEN excluded.detail ELSE own.detail END`);

/** Milliseconds of the day at an offset of a row's readings, as power-rows.ts packs them. */
const timeAt = (bytes: string, offset: string): string => [0, 1, 2, 3].map((i) => `(get_byte(${bytes}, ${offset} + ${i}) << ${8 * i})`).join(" | ");

/** Appends, as a rule; where its readings are not all newer than the row's, the row is locked and left as it is. Gives back those written. */
export const APPEND_POWER = `${table("history_power", { day: "integer", plant_id: "text", device: "text", readings: "bytea" }, ["day", "plant_id", "device"],
  `UPDATE SET readings = own.readings || excluded.readings WHERE (${timeAt("own.readings", "octet_length(own.readings) - 8")}) < (${timeAt("excluded.readings", "0")})`).insert}
  RETURNING day, plant_id AS "plantId", device`;

const POWER_KEYS = "own.tenant = $1 AND own.day = new.day AND own.plant_id = new.plant_id AND own.device = new.device";
export const KNOWN_POWER = `
  SELECT own.day, own.plant_id AS "plantId", own.device, own.readings
  FROM json_to_recordset($2::json) AS new (day integer, plant_id text, device text) JOIN pvmonitor.history_power AS own ON ${POWER_KEYS}`;
export const REPLACE_POWER = `
  UPDATE pvmonitor.history_power AS own SET readings = new.readings
  FROM json_to_recordset($2::json) AS new (day integer, plant_id text, device text, readings bytea) WHERE ${POWER_KEYS}`;
