// What a few kilobytes may cost: every answer is bounded in memory and time before it is looked at, and nothing of it stays behind.
import { execFile } from "node:child_process";
import type { ServerResponse } from "node:http";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { z } from "zod";
import { NODE_FLAGS } from "../../bench/processes.ts";
import { serve } from "../adapters/http/servers.ts";
import { BODIES } from "./mutations.ts";

const MIB = 2 ** 20;
const run = promisify(execFile);
const report = z.object({ words: z.record(z.string(), z.string()), peakMb: z.number(), keptMb: z.number(), seconds: z.number() });

type Send = (response: ServerResponse) => void;
const compressed = (...parts: readonly Buffer[]): Send => {
  const body = Buffer.concat(parts);
  return (response) => void response.writeHead(200, { "content-encoding": "gzip" }).end(body);
};
const gzip = (body: Buffer): Buffer => gzipSync(body, { level: 1 });
const full = (unit: string): Buffer => gzip(Buffer.alloc(64 * MIB, unit));

/** As much as there is room for, for as long as anybody reads it. */
const endless: Send = (response) => {
  const spaces = Buffer.alloc(MIB, " ");
  let sent = 0;
  const more = (): void => {
    while (!response.destroyed && sent < 1024) {
      sent += 1;
      if (!response.write(spaces)) return;
    }
    response.end();
  };
  response.on("drain", more);
  more();
};

/** A client in a process of its own asks for one plant after another, each of which answers as it says. */
async function costOf(answers: readonly Send[], atOnce: number): Promise<z.infer<typeof report>> {
  const usual: Send = (response) => void response.end(BODIES.dayRelay);
  const all = [usual, ...answers];
  const { origin } = await serve((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk)).on("end", () => {
      if (request.url === "/authenticate") response.end('{"token":"t"}');
      else if (request.url === "/plants") response.end(JSON.stringify(all.map((_, n) => ({ id: n + 1, nome: "UFV" }))));
      else all[Number(/"id":(\d+)/.exec(Buffer.concat(chunks).toString())?.[1]) - 1]?.(response);
    });
  });
  const { stdout } = await run(process.execPath, [...NODE_FLAGS, "--expose-gc", new URL("hungry-client.process.ts", import.meta.url).pathname, origin, String(atOnce)]);
  const told = report.parse(JSON.parse(stdout));
  expect(told.words["1"]).toBe("complete");
  return told;
}

test("answers without end, bombs and thickets of 64 MB, three at once", { timeout: 60_000 }, async () => {
  const spaces = gzip(Buffer.alloc(16 * MIB, " "));
  const told = await costOf([
    endless, compressed(...Array.from({ length: 64 }, () => spaces)), compressed(gzip(Buffer.alloc(65 * MIB))),
    compressed(full("[")), compressed(full('{"a":')), compressed(gzip(Buffer.from('[{"a":[')), full("{},"), gzip(Buffer.from("0]}]"))),
    compressed(full("[],")), compressed(full("1,")), compressed(full(" ")),
    compressed(gzip(Buffer.from('[{"idrele":1,"tsleitura":"2025-12-01 10:00:00","conteudojson":"')), gzip(Buffer.alloc(60 * MIB, "\\u005b")), gzip(Buffer.from('"}]'))),
  ], 3);
  const [large, bad] = ["too-large", "bad-json"];
  expect(told.words).toEqual({ 1: "complete", 2: large, 3: large, 4: large, 5: large, 6: large, 7: large, 8: large, 9: large, 10: bad, 11: "complete" });
  expect(told.peakMb).toBeLessThan(700);
  expect(told.keptMb).toBeLessThan(10);
  expect(told.seconds).toBeLessThan(30);
});

test("names, ids and times of megabytes leave nothing behind", { timeout: 60_000 }, async () => {
  const long = "x".repeat(4 * MIB);
  const record = (n: number): object => ({
    idrele: `${" ".repeat(MIB)}rele-que-fica-${String(n)}${" ".repeat(MIB)}`,
    conteudojson: { tsleitura: `2025-12-01 10:00:${String(n).padStart(2, "0")}`, [`rUnknown${String(n)}${long}`]: true, [`r50${String(n)}${long}`]: true, [`rKnown${long}${String(n)}`]: 0 },
  });
  const told = await costOf(Array.from({ length: 20 }, (_, n) => compressed(gzip(Buffer.from(JSON.stringify([record(n), { ...record(n), idrele: n }]))))), 1);
  expect(new Set(Object.values(told.words))).toEqual(new Set(["complete"]));
  expect(told.keptMb).toBeLessThan(10);
});
