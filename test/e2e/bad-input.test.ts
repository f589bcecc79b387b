// Plants and readings as no one should send them: the others are watched all the same, and what is shown is shown literally.
import { describe, expect, it } from "vitest";
import { inverter, play, relay } from "../support/scenario.ts";
import { startVirtualMonitor } from "./virtual-monitor.ts";

const LONG = "Usina ".repeat(1_700);
const BAD_PLANTS = [
  { nome: "sem id", capacidade: "10" }, { id: null, nome: "id nulo" }, { id: "", nome: "id vazio" }, { id: {}, nome: "id objeto" }, { id: -3, nome: "id negativo" },
  { id: 1.5, nome: "id quebrado" }, { id: "abc", nome: "id de letras" }, null, 7, "x", [],
  { id: 101, nome: "UFV 101", capacidade: "100.00" },
  { id: "102", nome: "UFV id em texto", capacidade: "1.250,5" },
  { id: 103, capacidade: "cem" },
  { id: 104, nome: "**UFV** [a](http://exemplo.invalid) # _x_ `y`", capacidade: null },
  { id: 105, nome: "<at>Todos</at> <b>UFV</b>&amp;", capacidade: -5 },
  { id: 106, nome: LONG, capacidade: 1e308 },
  { id: 107, nome: "UFV \u202Eetron\u200F \u00A0Norte\u0000\u0007", capacidade: "NaN" },
  { id: 108, nome: 12345, latitude: "-8300973", longitude: "x" },
];
const IDS = [101, 102, 103, 104, 105, 106, 107, 108];

describe("plants as no one should send them", () => {
  it("are told apart from those that can be watched, and each of these gets its card, within the limit, its name literal", async () => {
    const monitor = startVirtualMonitor({
      start: "08:00", plants: BAD_PLANTS,
      devices: IDS.flatMap((id) => [relay(id, 7).from("08:05").active("r59N"), inverter(id, 9).from("08:00").kw(0, 4)]),
    });
    await monitor.until("08:30");
    expect(monitor.events().toSorted()).toEqual(IDS.map((id) => `relay.failure ${String(id)}/7`).toSorted());
    expect(monitor.log()).toContain("11 registros inutilizáveis");
    const bodies = monitor.world.cards.map(({ body }) => body);
    for (const body of bodies) expect(Buffer.byteLength(body)).toBeLessThan(20_000);
    const all = bodies.join("\n");
    expect(all).toContain("Usina 103");
    // A TextBlock is read as Markdown, so no such text is in one; mentions and direction marks are nobody's to send.
    expect(all).toContain("**UFV**");
    expect(all).not.toMatch(/"type":"TextBlock","text":"[^"]*(?:\*\*UFV|\[a\]\(http)|<at>|\u202E|\u200F|\\u202[eE]|\\u0000|\\u0007/);
    expect(monitor.log()).not.toMatch(/[\u202E\u200F\u0000\u0007]/);
    expect(Math.max(...monitor.log().split("\n").map((line) => line.length))).toBeLessThan(2_000);
    await monitor.stop();
    monitor.start();
    await monitor.until("08:45");
    expect(monitor.titles().filter((title) => title.includes("relé atuou")), "the state was read again").toHaveLength(IDS.length);
  });
});

describe("readings of another time", () => {
  it("ten years old or in the future are counted, judged by nobody, and hold nobody up", async () => {
    const played = await play({
      start: "08:00", end: "10:00",
      devices: [
        inverter(101, 9).from("2015-12-01T08:00").kw(0, 5).from("12-01 08:00").kw(50, 3).from("2035-12-01T08:00").kw(0, 5).from("12-01 08:15").kw(0, 4),
        relay(102, 7).from("2015-12-01T08:00").active("r59N").from("2035-12-01T08:00").active("r86").from("12-01 08:10").clean().active("r49").clean(),
        inverter(103, 5).raw({ idinversor: 5, conteudojson: { tsleitura: "0001-01-01 00:00:00", Pac: 0 } }).raw({ idinversor: 5, conteudojson: { tsleitura: "9999-12-31 23:59:59", Pac: 0 } })
          .raw({ idinversor: 5, conteudojson: { tsleitura: "2025-13-45 99:99:99", Pac: 0 } }).raw({ idinversor: 5, conteudojson: { tsleitura: 1e300, Pac: 0 } })
          .from("08:00").kw(10, 5),
      ],
    });
    expect(played.events.map(({ kind, plant, device, reading }) => [kind, plant, device, reading])).toEqual(expect.arrayContaining([
      ["inverter.failure", "101", "9", "2025-12-01T08:25:00"],
      ["relay.failure", "102", "7", "2025-12-01T08:15:00"],
      ["relay.normal", "102", "7", "2025-12-01T08:20:00"],
    ]));
    expect(played.events).toHaveLength(3);
  });
});
