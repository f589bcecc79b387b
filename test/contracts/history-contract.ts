// What every history must keep to, wherever it is kept. Run against each of them.
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { MOST_READINGS, MOST_RECORDS } from "../../src/history-core/queue.ts";
import { DAY_MS, HOUR_MS } from "../../src/domain/local-time.ts";
import type { History, HistoryCard, HistoryIncident, HistoryOutage, HistoryRecord, HistoryScan, IncidentQuery } from "../../src/ports/history.ts";
import { ALWAYS, incident, incidentRecord, NOW, powerRecord, valueOf, type Ear } from "../support/history.ts";
import { anyRecord, apart } from "./arbitrary-records.ts";

export interface OpenOptions {
  readonly days?: number;
  readonly now?: () => number;
  readonly lingerMs?: number;
}

/** Made within a test, and gone when that ends. */
export interface HistoryBed {
  /** As a newly started process has it, on what others before it left. Waits for nothing that a test would have to wait for. */
  readonly open: (options?: OpenOptions) => Ear & { readonly history: History };
  /** Nothing can be written until it is let go. */
  readonly hold: () => Promise<() => Promise<void>>;
}

export interface HistoryKind {
  readonly createBed: () => HistoryBed;
  /** What operators read while nothing can be written. */
  readonly heldReason: string;
}

const scan: HistoryScan = {
  at: NOW, kind: "inverter", durationMs: 1234.5, plants: 3, complete: 1, unavailable: 1, unwatched: 1, readings: 120, reasons: { timeout: 1, "bad-json": 2 }, endedEarly: true,
  calls: 9, failedCalls: 2, medianMs: 310.5, p95Ms: null,
};
const card: HistoryCard = { at: NOW, title: "🔴 UFV Barra Norte: relé \"atuou\"", severity: "danger", plantId: "101", events: 1, attempt: 2, outcome: "failed", reason: "HTTP 500" };
const outage: HistoryOutage = { topic: "down", since: NOW - HOUR_MS, until: NOW, detail: "" };
const outageRecord = (since: number, until: number): HistoryRecord => ({ kind: "outage", outage: { topic: "api", since, until, detail: "" } });

const incidentsIn = (history: History, query: Partial<IncidentQuery> = {}): Promise<readonly HistoryIncident[]> => valueOf(history.incidents({ ...ALWAYS, limit: 30_000, ...query }));
/** Devices with power at plant 101, incidents, outages. */
const counts = async (history: History): Promise<number[]> =>
  [await valueOf(history.power("101", ALWAYS)), await incidentsIn(history), await valueOf(history.outages(ALWAYS))].map(({ length }) => length);

async function write(history: History, ...records: readonly HistoryRecord[]): Promise<void> {
  history.record(records);
  await history.flush();
}

export function describeHistory(name: string, { createBed, heldReason }: HistoryKind): void {
  describe(`a history in ${name}`, () => {
    let bed: HistoryBed;
    beforeEach(() => { bed = createBed(); });

    it("gives back what was recorded, also after it was closed and opened again", async () => {
      const { history, news } = bed.open();
      const check = async (read: History): Promise<void> => {
        expect(await incidentsIn(read, { limit: 10 })).toEqual([incident({ notifiedAt: NOW })]);
        expect(await valueOf(read.openIncidents())).toEqual([incident({ notifiedAt: NOW })]);
        expect(await valueOf(read.scans(ALWAYS))).toEqual([scan]);
        expect(await valueOf(read.cards({ ...ALWAYS, limit: 10 }))).toEqual([card]);
        expect(await valueOf(read.outages(ALWAYS))).toEqual([outage]);
        expect(await valueOf(read.power("101", { from: NOW, to: NOW + 2 }))).toEqual([{ device: "46001", at: [NOW, NOW + 1], powerKw: [12.3, null] }]);
        expect(await valueOf(read.scans({ from: NOW + 1, to: NOW + 2 }))).toEqual([]);
      };
      await write(history,
        incidentRecord(), { kind: "told", incidentId: "7F3K00", event: "failure", at: NOW }, { kind: "scan", scan }, { kind: "card", card }, { kind: "outage", outage },
        powerRecord(NOW, 12.3), powerRecord(NOW + 1, null));
      await check(history);
      await history.close();
      await check(bed.open().history);
      expect([news, history.trouble]).toEqual([[], null]);
    });

    it("gives the same answers whatever the order of the records, and when they come twice", async () => {
      const cases = fc.sample(fc.array(anyRecord, { maxLength: 12 }).chain((records) =>
        fc.tuple(fc.constant(records), fc.shuffledSubarray([...records, ...records], { minLength: records.length * 2, maxLength: records.length * 2 }))), { numRuns: 60, seed: 4 });
      const answersAfter = async (history: History, all: readonly (readonly HistoryRecord[])[]): Promise<unknown> => {
        // In two transactions each: some meet in one, some in rows that are there.
        for (const [i, records] of all.entries()) {
          await write(history, ...records.slice(0, 5).map((record) => apart(record, i)));
          await write(history, ...records.slice(5).map((record) => apart(record, i)));
        }
        const powers: unknown[] = [];
        for (const i of all.keys()) for (const plantId of ["1", "2"]) powers.push(await valueOf(history.power(`${plantId}-${i}`, ALWAYS)));
        return [await incidentsIn(history), await valueOf(history.openIncidents()), await valueOf(history.outages(ALWAYS)), powers, history.trouble];
      };
      const others = createBed();
      expect(await answersAfter(others.open().history, cases.map(([, twice]) => twice))).toEqual(await answersAfter(bed.open().history, cases.map(([once]) => once)));
    });

    describeRecords(() => bed);
    describeRetention(() => bed);
    describeTrouble(() => bed, heldReason);
    describeEnd(() => bed);
  });
}

function describeRecords(bed: () => HistoryBed): void {
  it("completes an incident, and never takes back what is known of it", async () => {
    const { history } = bed().open();
    await write(history, incidentRecord({ mutedReason: "obra" }), incidentRecord({ parameters: ["r86", "r59N"], last: NOW, end: NOW + 1, notifiedAt: NOW + 2 }));
    await write(history, { kind: "told", incidentId: "7F3K00", event: "normal", at: NOW + 3 }, incidentRecord(), { kind: "gone", plantId: "101", device: "1931", at: NOW + 4 });
    expect(await incidentsIn(history)).toEqual([incident({ parameters: ["r59N", "r86"], last: NOW, end: NOW + 1, notifiedAt: NOW + 2, endNotifiedAt: NOW + 3, mutedReason: "obra" })]);
  });

  it("ends the incidents of a device that is gone unproven, unless it is seen failing after that", async () => {
    const { history } = bed().open();
    const goneAt = async (): Promise<unknown> => Object.fromEntries((await incidentsIn(history)).map(({ id, goneAt: at }) => [id, at]));
    await write(history, { kind: "gone", plantId: "101", device: "1931", at: NOW }, { kind: "gone", plantId: "102", device: null, at: NOW + 1 });
    await write(history, incidentRecord(), incidentRecord({ id: "OTHER0", plantId: "102", device: "7" }), incidentRecord({ id: "KEPT00", device: "8" }));
    expect(await goneAt()).toEqual({ "7F3K00": NOW, OTHER0: NOW + 1, KEPT00: null });
    expect((await valueOf(history.openIncidents())).map(({ id }) => id)).toEqual(["KEPT00"]);
    await write(history, incidentRecord({ last: NOW + 1 }));
    expect(await goneAt()).toMatchObject({ "7F3K00": null });
  });

  it("keeps two incidents that share a short id apart", async () => {
    const { history } = bed().open();
    const later = NOW + 300 * DAY_MS;
    await write(history, incidentRecord(), incidentRecord({ first: later, last: later, plantId: "5" }), { kind: "told", incidentId: "7F3K00", event: "failure", at: NOW });
    expect((await incidentsIn(history)).map(({ plantId, notifiedAt }) => [plantId, notifiedAt])).toEqual([["5", null], ["101", NOW]]);
  });

  it("finds incidents where they overlap the period, by plant, kind and type, the newest first", async () => {
    const { history } = bed().open();
    const at = (id: string, first: number, end: number | null, change: Partial<HistoryIncident> = {}): HistoryRecord =>
      incidentRecord({ id, first: NOW + first, last: NOW + first, end: end === null ? null : NOW + end, ...change });
    await write(history,
      at("before", 0, 10), at("into", 5, 15, { plantId: "2" }), at("over", 6, 40, { kind: "inverter", type: null }), at("open", 7, null), at("gone", 8, null, { goneAt: NOW + 9 }),
      at("inside", 12, 13, { type: "TÉRMICO" }), at("after", 20, 30));
    const ids = async (query: Partial<IncidentQuery> = {}): Promise<string[]> => (await incidentsIn(history, { from: NOW + 10, to: NOW + 20, ...query })).map(({ id }) => id);
    expect(await ids()).toEqual(["inside", "open", "over", "into"]);
    expect(await ids({ limit: 2 })).toEqual(["inside", "open"]);
    expect(await Promise.all([ids({ plantId: "2" }), ids({ kind: "inverter" }), ids({ type: "TÉRMICO" }), ids({ plantId: "2", kind: "inverter" })])).toEqual([["into"], ["over"], ["inside"], []]);
    expect((await valueOf(history.openIncidents())).map(({ id }) => id)).toEqual(["open"]);
  });

  it("gives power back as it was, over midnights, seven digits long, the last word on a time counting", async () => {
    const { history } = bed().open();
    const midnight = Date.UTC(2025, 11, 2);
    for (const [at, kw] of [[midnight, 0.05], [midnight - 1, null], [midnight + 5_123, 1234.567], [midnight, 3], [midnight - 1, 0]] as const) await write(history, powerRecord(at, kw));
    await write(history, powerRecord(midnight, 9, "46002"), powerRecord(midnight, 9, "46001", "102"));
    const series = (period: { from: number; to: number }): Promise<unknown> => valueOf(history.power("101", period));
    expect(await series(ALWAYS)).toEqual([
      { device: "46001", at: [midnight - 1, midnight, midnight + 5_123], powerKw: [0, 3, 1234.567] },
      { device: "46002", at: [midnight], powerKw: [9] },
    ]);
    expect(await series({ from: midnight - 1, to: midnight })).toEqual([{ device: "46001", at: [midnight - 1], powerKw: [0] }]);
    await write(history, powerRecord(midnight + 1, 0.05));
    expect(await series({ from: midnight + 1, to: midnight + 2 })).toEqual([{ device: "46001", at: [midnight + 1], powerKw: [0.05] }]);
    expect(await valueOf(history.power("nobody's", ALWAYS))).toEqual([]);
  });

  it("leaves out a record that cannot be a row, counts it, and takes the others", async () => {
    const { history } = bed().open();
    await write(history, incidentRecord({ id: "A" }), incidentRecord({ id: "B", last: NaN }), incidentRecord({ id: "C" }));
    expect((await valueOf(history.openIncidents())).map(({ id }) => id)).toEqual(["A", "C"]);
    expect(history.trouble).toEqual({ since: NOW, lost: 1, reason: "registros que não puderam ser gravados" });
  });
}

function describeRetention(bed: () => HistoryBed): void {
  const YEARS = 10 * 365 * DAY_MS;
  /** Time goes on by `ms`, and with the next write what is too old goes. */
  const opened = (days = 30): { history: History; pass: (ms: number) => Promise<void> } => {
    let now = NOW;
    const { history } = bed().open({ days, now: () => now, lingerMs: HOUR_MS });
    return {
      history,
      pass: async (ms) => {
        now += ms;
        await history.flush();
      },
    };
  };

  it("lets what is too old go, slice by slice, and the rest stay", async () => {
    const { history, pass } = opened();
    await write(history, ...Array.from({ length: 1_200 }, (_, i) => powerRecord(NOW - 32 * DAY_MS, 1, `old-${i}`)));
    const [twoYears, quarter] = [NOW - 731 * DAY_MS, NOW - 91 * DAY_MS];
    await write(history,
      ...[NOW - 29 * DAY_MS, NOW].map((at) => powerRecord(at, 1, "new")), outageRecord(quarter, quarter), outageRecord(NOW, NOW),
      incidentRecord({ id: "OLD", first: twoYears - 1, last: twoYears, end: twoYears }), incidentRecord({ id: "STALE", first: twoYears - 1, last: twoYears }),
      incidentRecord({ id: "LONG", first: twoYears, last: NOW }));
    const steps: number[] = [];
    for (const ms of [2 * HOUR_MS, 0, 0, 0]) {
      await pass(ms);
      steps.push((await counts(history))[0] ?? 0);
    }
    expect(steps).toEqual([701, 201, 1, 1]);
    expect((await incidentsIn(history)).map(({ id }) => id)).toEqual(["LONG"]);
    expect(await valueOf(history.outages(ALWAYS))).toHaveLength(1);
  });

  it("keeps power for its days, while new is written", async () => {
    const { history, pass } = opened(2);
    await write(history, powerRecord(NOW, 1));
    history.record([powerRecord(NOW + 4 * DAY_MS, 2)]);
    await pass(4 * DAY_MS);
    expect(await valueOf(history.power("101", ALWAYS))).toEqual([{ device: "46001", at: [NOW + 4 * DAY_MS], powerKw: [2] }]);
  });

  const some = [powerRecord(NOW - 20 * DAY_MS, 1, "a"), powerRecord(NOW, 1, "b"), incidentRecord(), outageRecord(NOW, NOW)];

  it("lets nothing go by a clock that is ten years ahead, nor by what is recorded by it", async () => {
    const { history, pass } = opened();
    await write(history, ...some, { kind: "outage", outage: { topic: "down", since: NOW, until: NOW + YEARS, detail: "" } });
    await pass(YEARS);
    for (let hour = 0; hour < 20; hour += 1) await pass(HOUR_MS);
    expect(await counts(history)).toEqual([2, 1, 2]);
  });

  it("nor by a reading that is ten years ahead of a good one, nor where no reading says what is old", async () => {
    const { history, pass } = opened();
    await write(history, outageRecord(NOW - YEARS, NOW - YEARS));
    await pass(2 * HOUR_MS);
    expect(await counts(history)).toEqual([0, 0, 1]);
    await write(history, ...some, powerRecord(NOW + YEARS, 1, "b"));
    await pass(2 * HOUR_MS);
    expect(await counts(history)).toEqual([2, 1, 1]);
  });
}

function describeTrouble(bed: () => HistoryBed, heldReason: string): void {
  it("that cannot be written lets nobody wait, and is written once it can", async () => {
    const { hold, open } = bed();
    const { history, news, heard } = open();
    await write(history, incidentRecord());
    const letGo = await hold();
    let turns = 0;
    const spin = setInterval(() => { turns += 1; }, 0);
    await write(history, incidentRecord({ id: "LATER0" }), powerRecord(NOW, 1));
    await heard("history.not-written");
    clearInterval(spin);
    expect(turns).toBeGreaterThan(0); // the loop went round while the write was under way
    expect(history.trouble).toEqual({ since: NOW, reason: heldReason, lost: 0 });
    await letGo();
    await heard("history.written-again");
    await history.flush();
    expect((await valueOf(history.openIncidents())).map(({ id }) => id)).toEqual(["7F3K00", "LATER0"]);
    expect(await valueOf(history.power("101", ALWAYS))).toHaveLength(1);
    expect(history.trouble).toBeNull();
    expect(news.map(({ kind }) => kind)).toEqual(["history.not-written", "history.written-again"]);
  });

  it("counts and says what finds no room meanwhile, also after it is over; a flood of power takes no incident's place", async () => {
    let now = NOW;
    const { hold, open } = bed();
    const { history, heard } = open({ now: () => now });
    await history.flush();
    const letGo = await hold();
    await write(history, incidentRecord({ id: "FIRST0" }));
    await heard("history.not-written");
    const readings = Array.from({ length: 1_000 }, (_, i) => ({ device: "46001", at: NOW + i, powerKw: 1 }));
    for (let i = 0; i < MOST_READINGS / 1_000 + 5; i += 1) history.record([{ kind: "power", plantId: String(i), readings }]);
    history.record([incidentRecord({ id: "NOT LOST" })]);
    expect(history.trouble).toMatchObject({ lost: 5_000, reason: heldReason });
    history.record(Array.from({ length: MOST_RECORDS }, (_, i) => incidentRecord({ id: String(i) })));
    expect(history.trouble?.lost).toBe(5_002);

    await letGo();
    expect(await heard("history.written-again")).toEqual({ kind: "history.written-again", since: NOW, lost: 5_002 });
    await history.flush();
    const ids = (await incidentsIn(history)).map(({ id }) => id);
    expect(ids).toHaveLength(MOST_RECORDS);
    expect(ids).toEqual(expect.arrayContaining(["FIRST0", "NOT LOST"]));
    expect(history.trouble).toMatchObject({ since: NOW, lost: 5_002 });
    now += 25 * HOUR_MS;
    expect(history.trouble).toBeNull();
  });

  it("answers so many questions at once, and no more", async () => {
    const { history } = bed().open();
    await history.flush();
    const answers = await Promise.all(Array.from({ length: 70 }, () => history.openIncidents()));
    expect(answers.filter(({ ok }) => ok)).toHaveLength(64);
    expect(answers).toContainEqual({ ok: false, reason: "consultas demais ao mesmo tempo" });
    expect(await valueOf(history.openIncidents())).toEqual([]);
  });
}

function describeEnd(bed: () => HistoryBed): void {
  it("that is closed has written what waited", async () => {
    const { open } = bed();
    const { history } = open({ lingerMs: HOUR_MS });
    await history.flush();
    history.record(Array.from({ length: 5_000 }, (_, i) => incidentRecord({ id: String(i) })));
    await history.close();
    expect(await incidentsIn(open().history)).toHaveLength(5_000);
  });

  it("that is closed records nothing more, and answers a question with that", async () => {
    const { open } = bed();
    const { history } = open();
    await history.close();
    history.record([incidentRecord()]);
    await history.close();
    expect(await history.openIncidents()).toEqual({ ok: false, reason: "o histórico foi encerrado" });
    expect(await valueOf(open().history.openIncidents())).toEqual([]);
  });
}
