// The table of routes: status page's data, machines' view, the few actions.
import type { FastifyRequest } from "fastify";
import { z } from "zod";
import {
  actionAnswer, incidentList, incidentQuery, monitorView, muteList, muteParams, muteRequest, overview, plantDay, plantDayQuery, plantParams, sessionAnswer, signInRequest,
  testCardRequest, type ActionAnswer,
} from "../../api/schemas.ts";
import { printable } from "../../config/setting-values.ts";
import { DAY_MS, type EpochMs } from "../../domain/local-time.ts";
import type { IncidentQuery } from "../../ports/history.ts";
import type { OperatorDesk } from "../../ports/operator-desk.ts";
import { addressOf, bearerOf, type Access } from "./access.ts";
import type { EventStreams } from "./event-streams.ts";
import { describeRoutes } from "./openapi.ts";
import { Refusal } from "./request-faults.ts";
import { emptyBody, json, noParts, text, type Route } from "./route.ts";

const PLAIN = "text/plain; charset=utf-8";
const DEFAULT_DAYS = 7;
const MOST_DAYS = 400;
const DEFAULT_LIMIT = 1_000;

export interface RouteParts {
  readonly desk: OperatorDesk;
  readonly metrics: () => Promise<string>;
  readonly access: Access;
  readonly streams: EventStreams;
  readonly basePath: string;
  readonly say: (level: "info" | "warn", text: string) => void;
}

export function createRoutes(parts: RouteParts): readonly Route[] {
  const routes = [...viewRoutes(parts), ...actionRoutes(parts), ...sessionRoutes(parts), ...machineRoutes(parts)];
  const description: Route = json({
    method: "GET", path: "/api/openapi.json", about: "Esta descrição (OpenAPI 3.1).", takes: noParts, answers: z.record(z.string(), z.unknown()),
    handle: () => describeRoutes([...routes, description], parts.basePath),
  });
  return [...routes, description];
}

function viewRoutes({ desk, streams }: RouteParts): Route[] {
  const incidentParts = noParts.extend({ query: incidentQuery });
  return [
    json({ method: "GET", path: "/api/overview", about: "A situação agora: uma linha, e cada usina.", takes: noParts, answers: overview, handle: () => desk.overview() }),
    json({
      method: "GET", path: "/api/plants/:id", about: "Um dia de uma usina: potência, relés, ocorrências. Sem `date`: hoje, no fuso dela.",
      takes: noParts.extend({ params: plantParams, query: plantDayQuery }), answers: plantDay, refusals: { 404: "Não há esta usina." },
      handle: async ({ params, query }) => await desk.plantDay(params.id, query.date ?? null) ?? new Refusal(404, "Não há usina com este id."),
    }),
    json({
      method: "GET", path: "/api/incidents", about: "As ocorrências de um período, as mais novas primeiro.", takes: incidentParts, answers: incidentList,
      handle: ({ query }) => withPeriod(query, desk.now(), (asked) => desk.incidents(asked)),
    }),
    text({
      method: "GET", path: "/api/incidents.csv", about: "O mesmo como CSV para planilhas.", takes: incidentParts, answers: "text/csv; charset=utf-8",
      refusals: { 503: "O histórico não pode ser lido agora: um arquivo sem ele enganaria." },
      handle: ({ query }, _request, reply) => withPeriod(query, desk.now(), async (asked) => {
        const csv = await desk.incidentsCsv(asked);
        if (!csv.ok) return new Refusal(503, `O histórico não pode ser lido agora: ${csv.reason}.`, 30);
        reply.header("content-disposition", "attachment; filename=\"ocorrencias.csv\"");
        return csv.value;
      }),
    }),
    json({ method: "GET", path: "/api/monitor", about: "O próprio monitor: varreduras, fila, cartões, configurações.", takes: noParts, answers: monitorView, handle: () => desk.monitor() }),
    json({ method: "GET", path: "/api/mutes", about: "O que está silenciado.", takes: noParts, answers: muteList, handle: () => desk.mutes() }),
    text({
      method: "GET", path: "/api/stream", about: "Eventos (SSE): `changed`, com a revisão da situação, quando algo muda.", takes: noParts, answers: "text/event-stream",
      refusals: { 503: "Páginas abertas demais." },
      handle: (_input, _request, reply) => (streams.open(reply) ? reply : new Refusal(503, "Páginas abertas demais ao mesmo tempo.", 30)),
    }),
  ];
}

type AskedIncidents = z.output<typeof incidentQuery>;

async function withPeriod<A>({ from, to, plant, kind, type, limit }: AskedIncidents, now: EpochMs, ask: (query: IncidentQuery) => Promise<A>): Promise<A | Refusal> {
  const until = to ?? now;
  const since = from ?? Math.max(0, until - DEFAULT_DAYS * DAY_MS);
  if (since >= until) return new Refusal(400, "Pedido errado: from tem de vir antes de to.");
  if (until - since > MOST_DAYS * DAY_MS) return new Refusal(400, `Pedido errado: o período passa de ${MOST_DAYS} dias.`);
  return ask({ from: since, to: until, limit: limit ?? DEFAULT_LIMIT, ...(plant !== undefined && { plantId: plant }), ...(kind && { kind }), ...(type !== undefined && { type }) });
}

/** Each is logged with the address that asked. */
function actionRoutes({ desk, say }: RouteParts): Route[] {
  async function logged(request: FastifyRequest, what: string, act: (by: string) => Promise<ActionAnswer>): Promise<ActionAnswer> {
    const by = `${bearerOf(request) === null ? "página" : "API"}, ${addressOf(request)}`;
    const answer = await act(by);
    say("info", printable(`${what}, pedido de ${by}: ${answer.ok ? "feito" : "recusado"}: ${answer.text}`));
    return answer;
  }
  return [
    json({
      method: "POST", path: "/api/mutes", about: "Silencia uma usina ou um aparelho até uma hora, com um motivo.", takes: noParts.extend({ body: muteRequest }), answers: actionAnswer,
      handle: ({ body }, request) => logged(request, `Silenciar usina ${body.plantId}${body.device === null ? "" : `, ${body.device}`} (${body.reason})`, (by) => desk.mute(body, by)),
    }),
    json({
      method: "POST", path: "/api/mutes/:id/end", about: "Encerra um silêncio.", takes: emptyBody.extend({ params: muteParams }), answers: actionAnswer,
      handle: ({ params }, request) => logged(request, `Encerrar o silêncio ${params.id}`, (by) => desk.unmute(params.id, by)),
    }),
    json({
      method: "POST", path: "/api/test-card", about: "Manda um cartão de teste ao Teams.", takes: noParts.extend({ body: testCardRequest }), answers: actionAnswer,
      handle: ({ body }, request) => logged(request, `Cartão de teste (${body.kind})`, (by) => desk.sendTestCard(body, by)),
    }),
  ];
}

function sessionRoutes({ access }: RouteParts): Route[] {
  const { isOpen } = access;
  return [
    json({
      method: "GET", path: "/api/session", about: "Se a página está aberta, ou quem pergunta já entrou.", isOpen: true, takes: noParts, answers: sessionAnswer,
      handle: (_input, request) => ({ isSignedIn: isOpen || access.hasSession(request), isOpen }),
    }),
    json({
      method: "POST", path: "/api/session", about: "Entra: devolve um cookie que vale 12 h.", isOpen: true, takes: noParts.extend({ body: signInRequest }), answers: sessionAnswer,
      refusals: { 401: "Senha errada.", 429: "Tentativas demais." },
      handle: async ({ body }, request, reply) => await access.signIn(request, reply, body.token) ?? { isSignedIn: true, isOpen },
    }),
    json({
      method: "POST", path: "/api/session/end", about: "Sai.", isOpen: true, takes: emptyBody, answers: sessionAnswer,
      handle: (_input, _request, reply) => {
        access.signOut(reply);
        return { isSignedIn: isOpen, isOpen };
      },
    }),
  ];
}

function machineRoutes({ desk, metrics }: RouteParts): Route[] {
  return [
    text({ method: "GET", path: "/healthz", about: "O processo responde.", isOpen: true, takes: noParts, answers: PLAIN, handle: () => "ok\n" }),
    text({
      method: "GET", path: "/readyz", about: "O monitor faz o que deve: varreduras em dia, estado gravável.", isOpen: true, takes: noParts, answers: PLAIN,
      refusals: { 503: "Não faz; o texto diz por quê." },
      handle: (_input, _request, reply) => {
        const readiness = desk.readiness();
        if (readiness.isReady) return "ok\n";
        reply.code(503);
        return `${readiness.reason}\n`;
      },
    }),
    text({ method: "GET", path: "/metrics", about: "Métricas, no formato do Prometheus.", takes: noParts, answers: "text/plain; version=0.0.4; charset=utf-8", handle: () => metrics() }),
  ];
}
