// What the page asks of the running monitor: views of its state and history in the operators' words.
import type { MonitorView, MuteView, Overview } from "../../api/schemas.ts";
import { requestWords } from "../../adapters/desk/request-words.ts";
import { composeTestCard } from "../../adapters/teams/test-card.ts";
import { timesOf } from "../../adapters/teams/words.ts";
import { listMutes } from "../../app/mute-list.ts";
import { openIncidents } from "../../app/open-incidents.ts";
import { applyRequest } from "../../app/operator-requests.ts";
import { statusView, type Waiting } from "../../app/status-view.ts";
import type { Running } from "../../app/supervisor.ts";
import { gatherHeartbeat, type Surroundings } from "../../domain/heartbeat-facts.ts";
import type { Heartbeat } from "../../domain/heartbeat.ts";
import { DAY_MS, SECOND_MS } from "../../domain/local-time.ts";
import type { Notice } from "../../domain/notification.ts";
import type { SettingInForce } from "../../config/settings-in-force.ts";
import type { History, HistoryIncident, IncidentQuery } from "../../ports/history.ts";
import type { OperatorDesk } from "../../ports/operator-desk.ts";
import type { ChangeFeed } from "./change-feed.ts";
import { attentionView, headlineOf } from "./headline.ts";
import { incidentsCsv, incidentView, isAsked, offendersOf, uniteWithOpen } from "./incident-views.ts";
import { cardView, MOST_CARDS, MOST_WAITING, outageView, scanView, waitingView } from "./monitor-view.ts";
import { plantMute } from "./plant-mute.ts";
import { frameOf, plantDayView } from "./plant-day.ts";
import { plantTile, plantTiles, type TileSurroundings } from "./plant-tiles.ts";
import { readinessOf } from "./readiness.ts";

export interface DeskParts {
  readonly running: Running;
  readonly history: History;
  readonly feed: ChangeFeed;
  readonly historyDays: number;
  readonly settingsInForce: readonly SettingInForce[];
}

/** The last value for as long as `key` says the same: several pages ask, and Prometheus, while scans run. */
function remembered<T>(key: () => string, make: () => T): () => T {
  let kept: { readonly key: string; readonly value: T } | null = null;
  return () => {
    const current = key();
    if (kept?.key !== current) kept = { key: current, value: make() };
    return kept.value;
  };
}

const OUTAGES_SHOWN_MS = 7 * DAY_MS;
const SCANS_SHOWN_MS = DAY_MS;

export function createDesk({ running, history, feed, historyDays, settingsInForce }: DeskParts): OperatorDesk {
  const { context: { clock, ledger, settings, identity, messenger }, startedAt } = running;
  const surroundings = (): Surroundings => ({
    now: clock.now(), startedAt, ...identity, zone: settings.zone, rulesOf: settings.rulesOf,
    intervalMs: settings.intervalMs, relayPlants: settings.relayPlants, stateTrouble: ledger.trouble,
  });
  const isFresh = (): string => `${feed.revision} ${Math.floor(clock.monotonicMs() / SECOND_MS)}`;
  const heartbeat = remembered(isFresh, (): Heartbeat => gatherHeartbeat(ledger.state, surroundings()));
  const around = (): TileSurroundings => ({
    now: clock.now(), rulesOf: settings.rulesOf,
    muteOf: (plantId) => plantMute(ledger.state, plantId, settings.rulesOf, clock.now()),
  });
  const muteViews = (): MuteView[] => listMutes(ledger.state, clock.now());
  const titles = new WeakMap<Notice, string>();
  /** Composing a card is work; the page asks again and again. */
  function titleOf({ notice, since }: Waiting): string {
    const title = titles.get(notice) ?? messenger.compose({ kind: "notice", notice, committedAt: since }, false)[0].title;
    titles.set(notice, title);
    return title;
  }
  const openOf = (plantId: string | undefined): HistoryIncident[] =>
    [...ledger.state.plants.values()].filter(({ info }) => plantId === undefined || info.id === plantId).flatMap(openIncidents);

  async function incidentsOf(query: IncidentQuery): Promise<{ readonly incidents: HistoryIncident[]; readonly isCut: boolean; readonly missing: string | null }> {
    const recorded = await history.incidents({ ...query, limit: query.limit + 1 });
    const found = uniteWithOpen(recorded, openOf(query.plantId)).filter((incident) => isAsked(incident, query));
    return { incidents: found.slice(0, query.limit), isCut: found.length > query.limit, missing: recorded.ok ? null : recorded.reason };
  }

  const overview = remembered(isFresh, (): Overview => {
    const [beat, plants] = [heartbeat(), plantTiles(ledger.state, around())];
    const count = (status: Overview["plants"][number]["status"]): number => plants.filter((tile) => tile.status === status).length;
    const { trouble } = history;
    return {
      at: beat.at, zone: settings.zone, version: identity.version, revision: feed.revision,
      headline: headlineOf(beat, plants),
      counts: { plants: plants.length, relay: count("relay"), inverters: count("inverters"), noData: count("no-data"), muted: count("muted"), normal: count("normal") },
      plants,
      attention: beat.attention.map(attentionView),
      history: trouble === null ? null : { text: trouble.reason, since: trouble.since, lost: trouble.lost },
    };
  });

  async function monitor(): Promise<MonitorView> {
    const { now, zone } = surroundings();
    const period = { from: now - SCANS_SHOWN_MS, to: now + 1 };
    const [scans, cards, outages] = await Promise.all([
      history.scans(period), history.cards({ from: 0, to: now + 1, limit: MOST_CARDS }), history.outages({ from: now - OUTAGES_SHOWN_MS, to: now + 1 }),
    ]);
    const view = statusView(ledger.state, surroundings());
    const waiting = { teams: view.teams, isRunning: true, teamsEnabled: settings.teamsEnabled, times: timesOf(zone, now) };
    return {
      at: now, zone, identity: { ...identity, startedAt },
      attention: heartbeat().attention.map(attentionView),
      lastCycle: view.lastCycle,
      scans: (scans.ok ? scans.value : []).toSorted((a, b) => b.at - a.at).map(scanView),
      outbox: view.outbox.slice(0, MOST_WAITING).map((entry) => waitingView(entry, titleOf(entry), waiting)),
      outboxTotal: view.outbox.length,
      cards: (cards.ok ? cards.value : []).map(cardView),
      outages: (outages.ok ? outages.value : []).map(outageView),
      settings: settingsInForce.map((setting) => ({ ...setting })),
      mutes: muteViews(),
      missing: [scans, cards, outages].flatMap((answer) => (answer.ok ? [] : [answer.reason]))[0] ?? history.trouble?.reason ?? null,
    };
  }

  return {
    now: () => clock.now(),
    revision: () => feed.revision,
    overview,
    plantDay: async (plantId, date) => {
      const plant = ledger.state.plants.get(plantId);
      if (plant === undefined) return null;
      const now = clock.now();
      const rules = settings.rulesOf(plant.info);
      const frame = frameOf(date, now, rules, historyDays);
      const [power, recorded] = await Promise.all([history.power(plantId, frame.day), history.incidents({ ...frame.day, plantId, limit: 1_000 })]);
      // The state again: it may have changed meanwhile.
      const current = ledger.state.plants.get(plantId) ?? plant;
      return plantDayView({ now, zone: rules.zone, plant: current, tile: plantTile(current, around()), frame, power, recorded });
    },
    incidents: async (query) => {
      const { incidents, isCut, missing } = await incidentsOf(query);
      const now = clock.now();
      return { at: now, zone: settings.zone, from: query.from, to: query.to, incidents: incidents.map(incidentView), isCut, offenders: offendersOf(incidents, query, now), missing };
    },
    incidentsCsv: async (query) => {
      const { incidents, isCut, missing } = await incidentsOf(query);
      if (missing !== null) return { ok: false, reason: missing };
      const zones = new Map([...ledger.state.plants.values()].map(({ info }) => [info.id, settings.rulesOf(info).zone]));
      return { ok: true, value: incidentsCsv(incidents, (plantId) => zones.get(plantId) ?? settings.zone, isCut) };
    },
    monitor,
    mutes: () => ({ at: clock.now(), zone: settings.zone, mutes: muteViews() }),
    mute: async (request, by) => requestWords(await applyRequest(running, { kind: "mute", ...request }, by)),
    unmute: async (muteId, by) => requestWords(await applyRequest(running, { kind: "unmute", muteId }, by)),
    sendTestCard: async ({ kind }, by) => requestWords(await applyRequest(running, { kind: "test-card", card: composeTestCard(messenger, kind) }, by)),
    readiness: () => readinessOf(heartbeat()),
    onChange: (callback, signal) => { feed.subscribe(callback, signal); },
  };
}
