// Records into rows. Everything may come twice and in any order: the rows are the same, whatever the order.
import type { DatabaseSync } from "node:sqlite";
import type { HistoryIncident, HistoryOutage, HistoryRecord, HistoryScan, HistoryCard } from "../../ports/history.ts";
import type { InverterReading } from "../../domain/reading.ts";
import { groupReadings, mergeRow } from "../../history-core/power-rows.ts";
import { powerKey } from "./power-keys.ts";

/** What is known of both is kept: the latest `last`, the earliest `end`, all parameters, the names of whoever saw it last. */
const INCIDENT = `
  INSERT INTO incident (id, first_at, plant_id, plant_name, kind, device, device_name, type, parameters, last_at, ended_at, gone_at, notified_at, end_notified_at, muted_reason)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET
    plant_name = CASE WHEN (excluded.last_at, excluded.plant_name) > (last_at, plant_name) THEN excluded.plant_name ELSE plant_name END,
    device_name = CASE WHEN (excluded.last_at, excluded.device_name) > (last_at, device_name) THEN excluded.device_name ELSE device_name END,
    parameters = (SELECT json_group_array(value ORDER BY value) FROM (SELECT value FROM json_each(parameters) UNION SELECT value FROM json_each(excluded.parameters))),
    last_at = max(last_at, excluded.last_at),
    ${["ended_at", "notified_at", "end_notified_at", "muted_reason"].map((column) => `${column} = coalesce(min(${column}, excluded.${column}), ${column}, excluded.${column})`).join(", ")},
    gone_at = coalesce(max(gone_at, excluded.gone_at), gone_at, excluded.gone_at)`;

/** An outage that ended stays ended; of two words for it the longer one counts. */
const OUTAGE = `
  INSERT INTO outage (topic, since, until, detail) VALUES (?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET
    until = coalesce(max(until, excluded.until), until, excluded.until),
    detail = CASE WHEN (length(excluded.detail), excluded.detail) > (length(detail), detail) THEN excluded.detail ELSE detail END`;

const SCAN = `INSERT INTO scan (at, kind, duration_ms, plants, complete, unavailable, unwatched, readings, reasons, ended_early, calls, failed_calls, median_ms, p95_ms)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`;
const CARD = "INSERT INTO card (at, title, outcome, attempt, severity, plant_id, events, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING";

export type Recorder = (record: HistoryRecord) => void;

export function createRecorder(db: DatabaseSync): Recorder {
  const incident = db.prepare(INCIDENT);
  const told = db.prepare("INSERT INTO told (incident_id, event, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING");
  const gone = db.prepare("INSERT INTO gone (plant_id, whole_plant, device, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING");
  const scan = db.prepare(SCAN);
  const card = db.prepare(CARD);
  const outage = db.prepare(OUTAGE);
  const recordPower = createPowerRecorder(db);
  return (record) => {
    switch (record.kind) {
      case "incident": incident.run(...incidentRow(record.incident)); break;
      case "told": told.run(record.incidentId, record.event, record.at); break;
      case "gone": gone.run(record.plantId, record.device === null ? 1 : 0, record.device ?? "", record.at); break;
      case "scan": scan.run(...scanRow(record.scan)); break;
      case "card": card.run(...cardRow(record.card)); break;
      case "outage": outage.run(...outageRow(record.outage)); break;
      case "power": recordPower(record.plantId, record.readings); break;
    }
  };
}

type Value = string | number | null;

function incidentRow(incident: HistoryIncident): Value[] {
  const { id, first, plantId, plantName, kind, device, deviceName, type, parameters, last, end, goneAt, notifiedAt, endNotifiedAt, mutedReason } = incident;
  const inOrder = JSON.stringify([...new Set(parameters)].sort());
  return [id, first, plantId, plantName, kind, device, deviceName, type, inOrder, last, end, goneAt, notifiedAt, endNotifiedAt, mutedReason];
}

function scanRow(scan: HistoryScan): Value[] {
  const { at, kind, durationMs, plants, complete, unavailable, unwatched, readings, reasons, endedEarly, calls, failedCalls, medianMs, p95Ms } = scan;
  return [at, kind, durationMs, plants, complete, unavailable, unwatched, readings, JSON.stringify(reasons), endedEarly ? 1 : 0, calls, failedCalls, medianMs, p95Ms];
}

function cardRow({ at, title, outcome, attempt, severity, plantId, events, reason }: HistoryCard): Value[] {
  return [at, title, outcome, attempt, severity, plantId, events, reason];
}

function outageRow({ topic, since, until, detail }: HistoryOutage): Value[] {
  return [topic, since, until, detail];
}

function createPowerRecorder(db: DatabaseSync): (plantId: string, readings: readonly InverterReading[]) => void {
  // Returns the number whether the device is new or not; `last_day` says when its name may be forgotten.
  const ref = db.prepare(`INSERT INTO device (plant_id, device, last_day) VALUES (?, ?, ?)
    ON CONFLICT DO UPDATE SET last_day = max(last_day, excluded.last_day) RETURNING ref`);
  const find = db.prepare("SELECT readings FROM power WHERE key = ?");
  const put = db.prepare("INSERT INTO power (key, readings) VALUES (?, ?) ON CONFLICT DO UPDATE SET readings = excluded.readings");
  return (plantId, readings) => {
    for (const [device, days] of groupReadings(readings)) {
      const number = Number(ref.get(plantId, device, Math.max(...days.keys()))?.["ref"]);
      for (const [day, added] of days) {
        const key = powerKey(day, number);
        const known = find.get(key)?.["readings"];
        put.run(key, mergeRow(day, known instanceof Uint8Array ? known : null, added));
      }
    }
  };
}
