// What a page could cost at the least: fastify on loopback with nothing behind it, answering as many bytes as it is asked for.
import fastify from "fastify";
import { z } from "zod";
import { say } from "./processes.ts";

const query = z.object({ bytes: z.coerce.number().int().positive() });
const server = fastify();
server.get("/", (request, reply) => reply.type("application/json").send("x".repeat(query.parse(request.query).bytes)));
process.once("SIGTERM", () => { process.exit(); });
process.once("disconnect", () => { process.exit(); });
say({ address: await server.listen({ host: "127.0.0.1", port: 0 }) });
