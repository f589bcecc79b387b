// One route: what it takes and what it answers, by schema. The server and the OpenAPI description are both made from these.
import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { nothing } from "../../api/schemas.ts";
import { describeFaults, Refusal } from "./request-faults.ts";

/** The parts of a request. What a route does not name has to be empty: an unknown parameter is a mistake, and is told. */
export type Parts = z.ZodObject<{ params: z.ZodType; query: z.ZodType; body?: z.ZodType }>;

export const noParts = z.object({ params: nothing, query: nothing });
/** An action has a JSON body, if only `{}`. */
export const emptyBody = noParts.extend({ body: nothing });

interface About {
  readonly method: "GET" | "POST";
  /** Below the base path, `:name` for parameters. */
  readonly path: string;
  readonly about: string;
  /** Answers without signing in: says nothing secret. */
  readonly isOpen?: true;
  /** Statuses of this route of its own; those that any may have are in openapi.ts. */
  readonly refusals?: Readonly<Record<number, string>>;
}

export interface Route extends About {
  readonly takes: Parts;
  /** Schema of the JSON, or the media type of the text. */
  readonly answers: z.ZodType | string;
  readonly run: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;
}

/** A reply: the handler wrote the answer itself. */
type Answer<A> = A | Refusal | FastifyReply;
type Handle<T extends Parts, A> = (input: z.output<T>, request: FastifyRequest, reply: FastifyReply) => Answer<A> | Promise<Answer<A>>;

export function json<T extends Parts, A>(about: About & { readonly takes: T; readonly answers: z.ZodType<A>; readonly handle: Handle<T, A> }): Route {
  return { ...about, run: runWith(about.takes, about.handle) };
}

export function text<T extends Parts>(about: About & { readonly takes: T; readonly answers: string; readonly handle: Handle<T, string> }): Route {
  const run = runWith(about.takes, about.handle);
  return {
    ...about,
    run: async (request, reply) => {
      const answer = await run(request, reply);
      return typeof answer === "string" ? reply.type(about.answers).send(answer) : answer;
    },
  };
}

function runWith<T extends Parts, A>(takes: T, handle: Handle<T, A>): Route["run"] {
  return async (request, reply) => {
    const { params, query, body } = request;
    const read = takes.safeParse({ params, query, body });
    const answer = read.success ? await handle(read.data, request, reply) : new Refusal(400, describeFaults(read.error));
    return answer instanceof Refusal ? refuse(reply, answer) : answer;
  };
}

export function refuse(reply: FastifyReply, { status, error, retryAfterS }: Refusal): FastifyReply {
  if (retryAfterS !== null) reply.header("retry-after", retryAfterS);
  if (status === 401) reply.header("www-authenticate", "Bearer");
  return reply.code(status).send({ error });
}
