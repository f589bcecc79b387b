// What may lie in the state's place: cut, empty, of another type, newer, mistreated. Moved aside, never lost, never in the way.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createFileStore, STATE_FILE } from "../../../src/adapters/file-store/file-store.ts";
import { emptyState, withMonitor } from "../../../src/domain/monitor-state.ts";
import { StateUnreadableError, type Loaded } from "../../../src/ports/store.ts";
import { createMemoryDisk, type MemoryDisk } from "../../../src/simulator/memory-disk.ts";
import { anyState } from "../../contracts/arbitrary-states.ts";

const zone = "America/Sao_Paulo";
const NOW = Date.UTC(2025, 11, 1, 13, 5, 9, 870);
const ASIDE = `${STATE_FILE}.corrupt.20251201_100509`;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

async function written(state = emptyState): Promise<string> {
  const disk = createMemoryDisk();
  await createFileStore({ disk, zone }).save(state);
  return disk.text(STATE_FILE) ?? "";
}
async function loadFrom(content: string | Uint8Array): Promise<{ disk: MemoryDisk; loaded: Loaded }> {
  const disk = createMemoryDisk();
  disk.put(STATE_FILE, content);
  return { disk, loaded: await createFileStore({ disk, zone }).load(NOW) };
}
/** Moved aside byte for byte, a clean start, and the next state is saved and read. */
async function expectMovedAside(content: string | Uint8Array): Promise<string> {
  const { disk, loaded } = await loadFrom(content);
  expect(loaded).toEqual({ state: emptyState, origin: "none", corrupt: { movedTo: ASIDE, reason: expect.stringMatching(/./) } });
  expect(disk.names()).toEqual([ASIDE]);
  expect(await disk.read(ASIDE)).toEqual(typeof content === "string" ? bytes(content) : content);
  await createFileStore({ disk, zone }).save(emptyState);
  expect(await createFileStore({ disk, zone }).load(NOW)).toMatchObject({ origin: "own", corrupt: null });
  return loaded.corrupt?.reason ?? "";
}

const sample = fc.sample(anyState, { numRuns: 1, seed: 7 })[0] ?? emptyState;

describe("a state file that is cut", () => {
  it("at any byte, is moved aside", async () => {
    const whole = bytes(await written());
    // Without its last line break it is still whole.
    for (let length = 0; length < whole.length - 1; length += 1) await expectMovedAside(whole.slice(0, length));
    expect((await loadFrom(whole.slice(0, -1))).loaded.origin).toBe("own");
  });

  it("at any of some bytes of a larger one too, also inside a letter", async () => {
    const whole = bytes(await written(sample));
    expect(whole.length).toBeGreaterThan(2_000);
    for (let length = 1; length < whole.length - 1; length += 1 + (length % 13)) await expectMovedAside(whole.slice(0, length));
  });
});

describe("a state file that cannot be one", () => {
  it.each<[string, string | Uint8Array, string]>([
    ["empty", "", "arquivo vazio"],
    ["blank", " \n", "não é JSON"],
    ["NUL bytes", new Uint8Array(512), "não é JSON"],
    ["no UTF-8", Uint8Array.of(0x22, 0xc3, 0x28, 0x22), "não é JSON"],
    ["HTML", "<html></html>", "não é JSON"],
    ["null", "null", "não tem a forma"],
    ["true", "true", "não tem a forma"],
    ["a number", "12", "não tem a forma"],
    ["a text", "\"estado\"", "não tem a forma"],
    ["a list", "[]", "não tem a forma"],
    ["an empty object", "{}", "não tem a forma"],
    ["nested without end", "[".repeat(200_000), "não é JSON"],
    ["nested deeply", "[".repeat(5_000) + "]".repeat(5_000), "não tem a forma"],
    ["another program's", "{\"version\": 3, \"plants\": []}", "não tem a forma"],
  ])("(%s) is moved aside with the reason", async (_, content, reason) => {
    expect(await expectMovedAside(content)).toContain(reason);
  });

  it.each(["3", "99", "1e300", "2.5"])("because it is of a newer version (%s) says so", async (version) => {
    const newer = (await written(sample)).replace("\"schema_version\":2", `"schema_version":${version}`);
    expect(await expectMovedAside(newer)).toContain("versão mais nova");
  });

  it.each(["0", "-1", "1.5", "\"2\"", "null", "true", "[2]"])("because its version is %s is moved aside", async (version) => {
    const odd = (await written()).replace("\"schema_version\":2", `"schema_version":${version}`);
    const isNone = version === "null";
    // `null` is how a file without a version reads: the predecessor's, of which it has none of the shapes.
    expect(await expectMovedAside(odd)).toMatch(isNone ? /forma inesperada/ : /não tem a forma/);
  });

  it("because a key is missing or of another type names the key", async () => {
    const whole: unknown = JSON.parse(await written(sample));
    for (const key of Object.keys(whole ?? {}).filter((name) => name !== "schema_version")) {
      for (const wrong of [undefined, 0, "x", true, { a: 1 }, [[1]]]) {
        const reason = await expectMovedAside(JSON.stringify({ ...Object(whole) as object, [key]: wrong }));
        expect(reason).toContain(`(em ${key}`);
      }
    }
  });

  it.each(["1e999", "-1e999", "1e20", "0.5", "\"1\""])("because a whole number is %s is moved aside", async (number) => {
    await expectMovedAside((await written()).replace("\"nextNotification\":1", `"nextNotification":${number}`));
  });

  it("is never more than that: whatever one place of it is changed to, the monitor starts, and can save what it read", async () => {
    const whole = await written(sample);
    const places = whole.matchAll(/(?<=[[:,])(?:"[^"\\]*"|-?\d+|null|true|false)(?=[\],}])/g).map(({ index, 0: value }) => ({ index, value })).toArray();
    await fc.assert(fc.asyncProperty(fc.constantFrom(...places), fc.oneof(fc.json(), fc.constantFrom("1e999", "{\"__proto__\":{}}", "\"\"")), async ({ index, value }, other) => {
      const { disk, loaded } = await loadFrom(whole.slice(0, index) + other + whole.slice(index + value.length));
      expect([loaded.origin, disk.names()]).toEqual(loaded.corrupt === null ? ["own", [STATE_FILE]] : ["none", [ASIDE]]);
      expect(await createFileStore({ disk, zone }).save(loaded.state)).toEqual({ ok: true });
      expect((await createFileStore({ disk, zone }).load(NOW)).origin).toBe("own");
    }), { numRuns: 400 });
  });

  it("does not overwrite another that was moved aside within the same second", async () => {
    const disk = createMemoryDisk();
    const reasons: unknown[] = [];
    for (const content of ["um", "dois", "três"]) {
      disk.put(STATE_FILE, content);
      reasons.push((await createFileStore({ disk, zone }).load(NOW)).corrupt?.movedTo);
    }
    expect(reasons).toEqual([ASIDE, `${ASIDE.slice(0, -2)}10`, `${ASIDE.slice(0, -2)}11`]);
    expect(disk.names().map((name) => disk.text(name))).toEqual(["um", "dois", "três"]);
  });
});

describe("a disk that does not let a broken state be moved", () => {
  it.each(["EROFS", "EACCES"] as const)("(%s) keeps nobody from starting, and the file is put in safety before the first save", async (fault) => {
    const disk = createMemoryDisk();
    disk.put(STATE_FILE, "{cortado");
    disk.failWrites(fault);
    const store = createFileStore({ disk, zone });
    expect(await store.load(NOW)).toMatchObject({ origin: "none", corrupt: { movedTo: ASIDE, reason: expect.stringContaining(`ainda não pôde ser movido: ${fault}`) } });
    expect(await store.save(withMonitor(emptyState, { nextNotification: 5 }))).toEqual({ ok: false, detail: fault });
    expect(disk.text(STATE_FILE)).toBe("{cortado");
    disk.failWrites(null);
    expect(await store.save(withMonitor(emptyState, { nextNotification: 5 }))).toEqual({ ok: true });
    expect(disk.text(ASIDE)).toBe("{cortado");
    expect((await createFileStore({ disk, zone }).load(NOW)).state.monitor.nextNotification).toBe(5);
  });

  it("nor one whose folder cannot be forced to the device just then", async () => {
    const disk = createMemoryDisk();
    disk.put(STATE_FILE, "{cortado");
    let failures = 2;
    const weak = { ...disk, syncFolder: () => (failures-- > 0 ? Promise.reject(Object.assign(new Error("i/o"), { code: "EIO" })) : disk.syncFolder()) };
    const store = createFileStore({ disk: weak, zone });
    expect((await store.load(NOW)).corrupt?.reason).toContain("EIO");
    expect(await store.save(emptyState)).toEqual({ ok: false, detail: "EIO" });
    expect(await store.save(emptyState)).toEqual({ ok: true });
    expect([disk.text(ASIDE), disk.names()]).toEqual(["{cortado", [STATE_FILE, ASIDE]]);
  });

  it("but one that does not let it be read ends the start, with what to do", async () => {
    const refusing = { ...createMemoryDisk(), read: () => Promise.reject(Object.assign(new Error("no"), { code: "EACCES" })) };
    const loading = createFileStore({ disk: refusing, zone }).load(NOW);
    await expect(loading).rejects.toBeInstanceOf(StateUnreadableError);
    await expect(loading).rejects.toThrow(/EACCES; dê o arquivo ao usuário do serviço/);
  });
});
