// A week as a site has it, with invented names: for the tests of the sheet and for its picture in docs/img.
import { weekNamed } from "../../../src/domain/iso-week.ts";
import { parseWallClock, type EpochMs } from "../../../src/domain/local-time.ts";
import type { ReportIncident } from "../../../src/domain/report-incidents.ts";
import { buildReport, type ReportGap, type WeeklyReport } from "../../../src/domain/weekly-report.ts";
import { plantRules, ZONE } from "../../support/plant-rules.ts";

export const at = (text: string): EpochMs => parseWallClock(`2025-${text}`, ZONE) ?? NaN;

const PLANTS = [
  { id: "101", name: "UFV Barra Norte", devices: { relay: 1, inverter: 12 } }, { id: "102", name: "UFV Serra Azul II", devices: { relay: 2, inverter: 30 } },
  { id: "103", name: "UFV Lagoa do Meio", devices: { relay: 0, inverter: 9 } }, { id: "104", name: "UFV Vale Verde", devices: { relay: 0, inverter: 5 } },
];

export function sampleIncident(more: Partial<ReportIncident> & Pick<ReportIncident, "id" | "first" | "end">): ReportIncident {
  return {
    plantId: "101", plantName: "UFV Barra Norte", kind: "inverter", device: "46003", deviceName: "INV 3", type: null, parameters: [],
    last: more.end ?? more.first, goneAt: null, notifiedAt: null, endNotifiedAt: null, mutedReason: null, ...more,
  };
}

export const SAMPLE_INCIDENTS: readonly ReportIncident[] = [
  sampleIncident({ id: "B7KD20", first: at("11-23 10:05"), end: at("11-24 11:25") }),
  sampleIncident({ id: "7F3K2M", first: at("11-25 10:05"), end: at("11-25 10:40"), kind: "relay", device: "1931", deviceName: "1931", type: "SOBRETENSÃO", parameters: ["r59N", "r86"] }),
  sampleIncident({ id: "C91TQF", first: at("11-26 08:10"), end: at("11-28 09:15"), plantId: "102", plantName: "UFV Serra Azul II", device: "9930009000085", deviceName: "9930009000085" }),
  sampleIncident({ id: "X4HM8R", first: at("11-28 15:00"), end: null, last: at("11-30 17:25"), plantId: "103", plantName: "UFV Lagoa do Meio", device: "47002", deviceName: "Inversor 2", mutedReason: "obra no telhado" }),
  sampleIncident({ id: "M2QX8A", first: at("11-29 14:10"), end: at("11-29 14:20"), plantId: "102", plantName: "UFV Serra Azul II", kind: "relay", device: "2044", deviceName: "Relé 2", type: "SUBTENSÃO", parameters: ["r27A", "r27_0"] }),
];

const GAPS: readonly ReportGap[] = [
  { kind: "outage", topic: "down", since: at("11-27 02:00"), until: at("11-27 02:40") },
  { kind: "days", plantId: "104", plantName: "UFV Vale Verde", subject: "inverter", dates: ["2025-11-24", "2025-11-25"], reason: "timeout" },
];

export function sampleReport(incidents: readonly ReportIncident[] = SAMPLE_INCIDENTS, gaps: readonly ReportGap[] = GAPS): WeeklyReport {
  const week = weekNamed("2025-W48", ZONE);
  if (week === null) throw new Error("2025-W48");
  return buildReport({ week, now: at("12-01 00:05"), source: "both", plants: PLANTS, incidents, gaps, rulesOf: () => plantRules({}) });
}
