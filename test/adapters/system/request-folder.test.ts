// The request folder: what is asked comes through once, what is no request is thrown away, and nothing in there holds the reader up.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { answerRequest, putRequest, readAnswer, readRequests, REQUEST_FOLDER, withdrawRequest } from "../../../src/adapters/system/request-folder.ts";

const ID = "0b2f1c1e-0000-4000-8000-00000000000";
const asked = { by: "linha de comando (ana)", request: { kind: "mute", plantId: "101", device: null, until: 1_764_600_000_000, reason: "troca ✓" } } as const;
let state = "";
const inFolder = (name: string): string => join(state, REQUEST_FOLDER, name);
const names = (): string[] => readdirSync(join(state, REQUEST_FOLDER)).sort();

beforeEach(() => { state = mkdtempSync(join(tmpdir(), "pvmonitor-pedidos-")); });
afterEach(() => { rmSync(state, { recursive: true, force: true }); });

describe("a request", () => {
  it("comes through as it was asked, for its owner's eyes only, and its answer goes back", async () => {
    expect(await readRequests(state, Date.now())).toEqual({ requests: [], rejected: [] });
    expect(existsSync(join(state, REQUEST_FOLDER)), "reading leaves nothing behind").toBe(false);
    const id = await putRequest(state, asked);
    expect([statSync(join(state, REQUEST_FOLDER)).mode & 0o777, statSync(inFolder(`${id}.json`)).mode & 0o777]).toEqual([0o700, 0o600]);
    expect(await readRequests(state, Date.now())).toEqual({ requests: [{ id, ...asked }], rejected: [] });
    expect(await readAnswer(state, id)).toBeNull();
    await answerRequest(state, id, { exit: 0, text: "feito" });
    expect(await readRequests(state, Date.now())).toEqual({ requests: [], rejected: [] });
    expect(await readAnswer(state, id)).toEqual({ exit: 0, text: "feito" });
    await withdrawRequest(state, id);
    expect(names()).toEqual([]);
  });

  it("that was taken back is not there any more", async () => {
    await withdrawRequest(state, await putRequest(state, asked));
    expect(await readRequests(state, Date.now())).toEqual({ requests: [], rejected: [] });
  });

  it("cannot be put where nobody may write: the system's error", async () => {
    writeFileSync(join(state, REQUEST_FOLDER), "");
    await expect(putRequest(state, asked)).rejects.toThrow(/EEXIST|ENOTDIR/);
    await expect(readRequests(state, Date.now())).rejects.toThrow(/ENOTDIR/);
  });
});

describe("what is no request", () => {
  const request = (more: object): string => JSON.stringify({ by: "x", request: { ...asked.request, ...more } });
  it.each([
    ["empty", "", "não é JSON"], ["garbage", "\u0000\u{1f525}{", "não é JSON"], ["cut", JSON.stringify(asked).slice(0, 40), "não é JSON"],
    ["larger than any request", `"${"x".repeat(100_000)}"`, "grande demais (100002 bytes)"], ["deep", "[".repeat(8_000), "não é JSON"],
    ["another thing", "[]", "não tem a forma de um pedido"], ["null", "null", "não tem a forma de um pedido"],
    ["of an unknown kind", request({ kind: "stop" }), "não tem a forma de um pedido"], ["without a plant", request({ plantId: "" }), "não tem a forma de um pedido"],
    ["until no time", request({ until: 1e300 }), "não tem a forma de um pedido"], ["until a text", request({ until: "2025" }), "não tem a forma de um pedido"],
    ["by nobody", JSON.stringify({ ...asked, by: "" }), "não tem a forma de um pedido"], ["by a novel", JSON.stringify({ ...asked, by: "x".repeat(101) }), "não tem a forma de um pedido"],
    ["with a prototype", '{"__proto__":{"by":"x"},"request":{"kind":"unmute","muteId":"S1"}}', "não tem a forma de um pedido"],
  ])("%s: thrown away, with the reason; the next one comes through", async (_name, content, why) => {
    mkdirSync(join(state, REQUEST_FOLDER));
    writeFileSync(inFolder(`${ID}1.json`), content);
    const id = await putRequest(state, asked);
    expect(await readRequests(state, Date.now())).toEqual({ requests: [{ id, ...asked }], rejected: [{ name: `${ID}1.json`, why }] });
    expect(names()).toEqual([`${id}.json`]);
  });

  it("links, pipes and folders are not followed, waited for or told every second", { timeout: 30_000 }, async () => {
    mkdirSync(join(state, REQUEST_FOLDER));
    writeFileSync(join(state, "outside.json"), JSON.stringify(asked));
    symlinkSync(join(state, "outside.json"), inFolder(`${ID}1.json`));
    execFileSync("mkfifo", [inFolder(`${ID}2.json`)]);
    mkdirSync(inFolder(`${ID}3.json`));
    const found = await readRequests(state, Date.now());
    expect(found.requests).toEqual([]);
    expect(found.rejected.map(({ name }) => name)).toEqual([`${ID}1.json`, `${ID}2.json`]);
    expect(names()).toEqual([`${ID}3.json`]);
    expect(existsSync(join(state, "outside.json"))).toBe(true);
    expect(await readRequests(state, Date.now())).toEqual({ requests: [], rejected: [] });
  });

  it("one that lay there while no monitor ran is not done now", async () => {
    const id = await putRequest(state, asked);
    const before = Date.now() / 1_000 - 3_600;
    utimesSync(inFolder(`${id}.json`), before, before);
    expect(await readRequests(state, Date.now())).toMatchObject({ requests: [], rejected: [{ why: "velho demais: quem pediu já desistiu" }] });
    expect(names()).toEqual([]);
  });

  it("litter goes after a while: answers that nobody fetched, other files", async () => {
    mkdirSync(join(state, REQUEST_FOLDER));
    for (const name of [`${ID}1.resposta.json`, `${ID}2.json.tmp`, "notas.txt"]) writeFileSync(inFolder(name), "{}");
    expect(await readRequests(state, Date.now())).toEqual({ requests: [], rejected: [] });
    expect(names()).toHaveLength(3);
    expect((await readRequests(state, Date.now() + 11 * 60_000)).rejected).toHaveLength(3);
    expect(names()).toEqual([]);
  });

  it("a flood is taken bit by bit", { timeout: 60_000 }, async () => {
    mkdirSync(join(state, REQUEST_FOLDER));
    for (let i = 0; i < 1_000; i += 1) writeFileSync(inFolder(`${ID.slice(0, -4)}${String(10_000 + i)}.json`), "[");
    expect((await readRequests(state, Date.now())).rejected).toHaveLength(200);
    expect(names()).toHaveLength(800);
  });

  it("an answer that is none is not waited for any less", async () => {
    const id = await putRequest(state, asked);
    writeFileSync(inFolder(`${id}.resposta.json`), '{"exit":"0"}');
    expect(await readAnswer(state, id)).toBeNull();
  });
});
