// The JSON API: what the page and other machines read. One schema a thing; the OpenAPI description and both ends' types are made from them.
// Times are epoch milliseconds (UTC); `zone` says in which IANA zone operators read them. Powers are kW, capacities kWp.
import { z } from "zod";

const at = z.number().int().describe("epoch milliseconds");
const name = z.string().max(200);
const deviceKind = z.enum(["relay", "inverter"]);

/** In order of urgency. `unwatched`: an alerted relay stands before the inverters (it is then also `relay`). */
export const plantStatus = z.enum(["relay", "inverters", "no-data", "muted", "normal"])
  .describe("relay: relé atuado; inverters: inversores parados; no-data: sem dados; muted: silenciada, com algo em falha; normal");

export const attention = z.object({ kind: z.string(), text: z.string().describe("o motivo, em português"), since: at.nullable() });

export const plantTile = z.object({
  id: z.string(),
  name,
  capacityKwp: z.number().nullable(),
  status: plantStatus,
  what: z.string().describe("o que há, em português, numa linha; vazio se normal"),
  since: at.nullable(),
  invertersDown: z.number().int(),
  inverters: z.number().int(),
  relayAlerts: z.number().int(),
  types: z.array(z.string()).describe("classes dos alertas de relé"),
  isUnwatched: z.boolean().describe("inversores sem vigilância"),
  mutedUntil: at.nullable(),
});

export const headline = z.object({
  status: z.enum(["well", "attention", "blind"]).describe("well: tudo bem; attention: n usinas precisam de alguém; blind: o monitor não vê"),
  text: z.string(),
  since: at.nullable(),
});

export const overview = z.object({
  at, zone: z.string(), version: z.string(), revision: z.number().int(),
  headline,
  counts: z.object({ plants: z.number().int(), relay: z.number().int(), inverters: z.number().int(), noData: z.number().int(), muted: z.number().int(), normal: z.number().int() }),
  plants: z.array(plantTile).describe("as que precisam de alguém primeiro, há mais tempo primeiro; depois por nome"),
  attention: z.array(attention),
  history: z.object({ text: z.string(), since: at, lost: z.number().int() }).nullable().describe("o que falta no histórico; null se nada"),
});

export const incident = z.object({
  id: z.string(), plantId: z.string(), plantName: name, kind: deviceKind, device: z.string(), deviceName: z.string(),
  type: z.string().nullable(),
  parameters: z.array(z.object({ name: z.string(), words: z.string().describe("por extenso, com o número ANSI") })),
  first: at, last: at, end: at.nullable(), goneAt: at.nullable(), notifiedAt: at.nullable(), endNotifiedAt: at.nullable(), mutedReason: z.string().nullable(),
});

export const plantDay = z.object({
  at, zone: z.string().describe("fuso desta usina"), date: z.iso.date(), today: z.iso.date(), earliest: z.iso.date().describe("primeiro dia que o histórico guarda"),
  plant: plantTile,
  window: z.object({ from: at, to: at }).describe("janela de geração deste dia"),
  day: z.object({ from: at, to: at }),
  inverters: z.array(z.object({
    id: z.string(), name: z.string(), isDown: z.boolean(), down: at.nullable().describe("parado desde"),
    at: z.array(at), powerKw: z.array(z.number().nullable()),
  })),
  relays: z.array(z.object({
    id: z.string(), name: z.string(), lastReading: at,
    alerts: z.array(z.object({ type: z.string(), since: at, last: at, parameters: z.array(z.object({ name: z.string(), words: z.string() })) })),
  })),
  incidents: z.array(incident),
  missing: z.string().nullable().describe("o que o histórico não pôde dar, em português"),
});

export const incidentList = z.object({
  at, zone: z.string(), from: at, to: at, incidents: z.array(incident), isCut: z.boolean().describe("havia mais do que o limite"),
  offenders: z.array(z.object({ plantId: z.string(), plantName: name, kind: deviceKind, device: z.string(), deviceName: z.string(), incidents: z.number().int(), downMs: z.number() }))
    .describe("aparelhos com mais de uma ocorrência no período, os piores primeiro"),
  missing: z.string().nullable(),
});

export const mute = z.object({
  id: z.string(), plantId: z.string(), plantName: name, device: z.string().nullable(), deviceName: z.string().nullable(),
  since: at, until: at, reason: z.string(), by: z.string(),
});

/** What comes in, against what goes out: of bounded size, on one line, and no time that breaks a calendar (until the year 2100). */
const LATEST = 4_102_444_800_000;
const line = (least: number, most: number, text = z.string()): z.ZodString =>
  text.min(least).max(most).regex(/^[^\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]*$/u, "só texto numa linha, sem caracteres de controle");
const plantId = line(1, 64);
const integerText = (least: number, most: number): z.ZodType<number, string> =>
  z.string().regex(/^\d{1,15}$/, "não é um número inteiro").transform(Number).pipe(z.number().int().min(least).max(most));

export const muteRequest = z.strictObject({
  plantId,
  device: line(1, 200).nullable(),
  until: at.min(0).max(LATEST),
  reason: line(3, 300, z.string().trim()),
});

export const muteList = z.object({ at, zone: z.string(), mutes: z.array(mute) });

export const monitorView = z.object({
  at, zone: z.string(),
  identity: z.object({ host: z.string(), pid: z.number().int(), version: z.string(), startedAt: at }),
  attention: z.array(attention),
  lastCycle: z.object({ relay: at.nullable(), inverter: at.nullable() }),
  scans: z.array(z.object({
    at, kind: deviceKind, durationMs: z.number(), plants: z.number().int(), complete: z.number().int(), unavailable: z.number().int(), unwatched: z.number().int(),
    readings: z.number().int(), reasons: z.array(z.object({ reason: z.string(), text: z.string(), count: z.number().int() })), endedEarly: z.boolean(),
    calls: z.number().int(), failedCalls: z.number().int(), medianMs: z.number().nullable(), p95Ms: z.number().nullable(),
  })).describe("das últimas 24 h, as mais novas primeiro"),
  outbox: z.array(z.object({ id: z.string(), title: z.string(), plantId: z.string().nullable(), events: z.number().int(), since: at, why: z.string().describe("por que espera, em português"), nextTry: at.nullable() })).describe("as primeiras"),
  outboxTotal: z.number().int().describe("quantas esperam ao todo"),
  cards: z.array(z.object({ at, title: z.string(), severity: z.enum(["danger", "warning", "good", "info"]).nullable(), plantId: z.string().nullable(), events: z.number().int(), attempt: z.number().int(), outcome: z.enum(["delivered", "shadow", "failed", "refused"]), reason: z.string().nullable() })),
  outages: z.array(z.object({ topic: z.enum(["api", "teams", "state", "no-data", "down"]), text: z.string(), since: at, until: at.nullable() })),
  settings: z.array(z.object({ name: z.string(), value: z.string().describe("segredos mascarados"), about: z.string(), isDefault: z.boolean() })),
  mutes: z.array(mute),
  missing: z.string().nullable(),
});

export const plantParams = z.strictObject({ id: plantId });
export const plantDayQuery = z.strictObject({ date: z.iso.date("não é uma data AAAA-MM-DD").regex(/^20/, "só de 2000 a 2099").optional() });
export const muteParams = z.strictObject({ id: line(1, 100) });
export const incidentQuery = z.strictObject({
  from: integerText(0, LATEST).optional().describe("epoch milliseconds; sem ele, 7 dias antes de `to`"),
  to: integerText(0, LATEST).optional().describe("epoch milliseconds, não incluído; sem ele, agora"),
  plant: plantId.optional(),
  kind: deviceKind.optional(),
  type: line(1, 100).optional(),
  limit: integerText(1, 5_000).optional().describe("no máximo tantas, as mais novas; sem ele, 1000"),
});
export const testCardRequest = z.strictObject({ kind: z.enum(["relay", "inverter", "heartbeat"]) });
export const actionAnswer = z.object({ ok: z.boolean(), text: z.string().describe("o que aconteceu, em português") });
export const signInRequest = z.strictObject({ token: z.string().max(4096) });
/** No parameters at all. */
export const nothing = z.strictObject({});
export const sessionAnswer = z.object({ isSignedIn: z.boolean(), isOpen: z.boolean().describe("aberta: só neste computador, sem senha") });
export const problem = z.object({ error: z.string().describe("o que está errado e o que fazer, em português") });

export type PlantStatus = z.output<typeof plantStatus>;
export type PlantTile = z.output<typeof plantTile>;
export type Overview = z.output<typeof overview>;
export type IncidentView = z.output<typeof incident>;
export type PlantDay = z.output<typeof plantDay>;
export type IncidentList = z.output<typeof incidentList>;
export type MuteView = z.output<typeof mute>;
export type MuteRequest = z.output<typeof muteRequest>;
export type MuteList = z.output<typeof muteList>;
export type MonitorView = z.output<typeof monitorView>;
export type TestCardRequest = z.output<typeof testCardRequest>;
export type ActionAnswer = z.output<typeof actionAnswer>;
