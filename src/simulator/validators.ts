// A PVOperation that names the version of each day, and does not send one again to who knows it.
import { createHash } from "node:crypto";
import type { AnsweringWorld } from "./world.ts";

export function withValidators(world: AnsweringWorld): AnsweringWorld {
  return {
    teams: (card) => world.teams(card),
    answer(request) {
      const answer = world.answer(request);
      if (answer.kind !== "answer" || answer.status !== 200 || !request.path.startsWith("/day_")) return answer;
      const etag = `"${createHash("sha1").update(answer.body).digest("hex")}"`;
      if (request.headers["if-none-match"] === etag) return { kind: "answer", status: 304, headers: { etag }, body: "" };
      return { ...answer, headers: { ...answer.headers, etag } };
    },
  };
}
