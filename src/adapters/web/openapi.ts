// The OpenAPI 3.1 description, made from the table of routes and its schemas: it cannot say anything but what the server does.
import { z } from "zod";
import { problem } from "../../api/schemas.ts";
import { COOKIE } from "./access.ts";
import type { Parts, Route } from "./route.ts";

type Json = Record<string, unknown>;

/** Without `$schema`: OpenAPI 3.1 speaks this dialect anyway. */
const described = (schema: z.ZodType, io: "input" | "output"): Json => Object.fromEntries(Object.entries(z.toJSONSchema(schema, { io })).filter(([key]) => key !== "$schema"));
const content = (type: string, schema: Json): Json => ({ [type]: { schema } });

const ANY_REFUSAL = { 400: "Pedido errado: o texto diz o quê." };
const OPERATOR_REFUSAL = { 401: "É preciso entrar.", 429: "Tentativas demais com senha errada." };
const ACTION_REFUSAL = { 403: "Veio de outro site.", 413: "Corpo grande demais.", 415: "O corpo não é application/json." };

export function describeRoutes(routes: readonly Route[], basePath: string): Json {
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: "3.1.0",
    info: { title: "pvmonitor", version: "1", description: "Situação, histórico e ações do monitor de usinas fotovoltaicas. Horas em milissegundos desde 1970 (UTC)." },
    servers: [{ url: basePath }],
    paths,
    components: {
      schemas: { problem: described(problem, "output") },
      securitySchemes: { bearer: { type: "http", scheme: "bearer" }, session: { type: "apiKey", in: "cookie", name: COOKIE } },
    },
  };
}

function operation({ method, about, isOpen, takes, answers, refusals }: Route): Json {
  const { body } = takes.shape;
  const wrong = { ...ANY_REFUSAL, ...(!isOpen && OPERATOR_REFUSAL), ...(method === "POST" && ACTION_REFUSAL), ...refusals };
  return {
    summary: about,
    security: isOpen ? [] : [{ bearer: [] }, { session: [] }],
    parameters: [...parameters(takes, "params", "path"), ...parameters(takes, "query", "query")],
    ...(body && { requestBody: { required: true, content: content("application/json", described(body, "input")) } }),
    responses: {
      200: { description: about, content: typeof answers === "string" ? content(answers, { type: "string" }) : content("application/json", described(answers, "output")) },
      ...Object.fromEntries(Object.entries(wrong).map(([status, description]) =>
        [status, { description, content: content("application/json", { $ref: "#/components/schemas/problem" }) }])),
    },
  };
}

const listed = z.object({ properties: z.record(z.string(), z.record(z.string(), z.unknown())), required: z.array(z.string()).default([]) });

/** As they are once read: `limit` is a number, though a query has texts only. */
function parameters(takes: Parts, part: "params" | "query", place: string): Json[] {
  const { properties, required } = listed.parse(described(takes.shape[part], "output"));
  return Object.entries(properties).map(([name, schema]) => ({ name, in: place, required: required.includes(name), schema }));
}
