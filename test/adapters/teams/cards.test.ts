// What the cards say, and that no input makes one that Teams would refuse.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { z } from "zod";
import { composeCards, type TeamsFormat } from "../../../src/adapters/teams/compose.ts";
import { SAMPLES, type SampleName } from "../../../src/adapters/teams/samples.ts";
import type { ComposedCard, Message } from "../../../src/ports/messenger.ts";
import { arbitraryDigest, arbitraryHeartbeat, arbitraryNotice } from "./arbitrary-messages.ts";
import { adaptiveSchema, messageSchema, plainAdaptiveSchema, plainMessageSchema, textsIn } from "./card-schemas.ts";

fc.configureGlobal({ seed: 4 }); // what CI says must not depend on luck

const FORMS: readonly (readonly [format: TeamsFormat, plain: boolean, schema: z.ZodType, mostBytes: number])[] = [
  ["adaptivecard", false, adaptiveSchema, 20_000],
  ["adaptivecard", true, plainAdaptiveSchema, 10_000],
  ["messagecard", false, messageSchema, 20_000],
  ["messagecard", true, plainMessageSchema, 10_000],
];

function summaryOf(body: string): string {
  return /"summary":"([^"]*)"/.exec(body)?.[1] ?? "";
}

function fallbackOf(body: string): string {
  return /"fallbackText":"([^"]*)"/.exec(body)?.[1] ?? "";
}

function textOf(name: SampleName, plain = false): string {
  return composeCards(SAMPLES[name], "adaptivecard", plain).map(({ body }) => textsIn(JSON.parse(body))).join("\n");
}

/** Title, push line and severity of every sample. */
const SAID: Readonly<Record<SampleName, readonly [title: string, summary: string, severity: string]>> = {
  "relay-failure": ["🔴 UFV Barra Norte: relé atuou, SOBRETENSÃO", "🔴 UFV Barra Norte: relé 1931 atuou (SOBRETENSÃO) desde 10:05", "danger"],
  "relay-normal": ["🟢 UFV Barra Norte: relé normalizado, SOBRETENSÃO", "🟢 UFV Barra Norte: relé 1931 normalizado (SOBRETENSÃO) às 10:40, após 35 min", "good"],
  "relay-passed": ["🟡 UFV Barra Norte: relé atuou e normalizou, SUBTENSÃO", "🟡 UFV Barra Norte: relé 1931 atuou e normalizou (SUBTENSÃO) às 14:20, após 10 min", "warning"],
  "relay-silent": ["🟠 UFV Barra Norte: relé 1931 sem comunicação", "🟠 UFV Barra Norte: relé 1931 sem comunicação desde 10:15, alerta ainda ativo", "info"],
  "mute-ended": ["🔴 UFV Barra Norte: fim do silêncio, relé 1931 atuado e inversor 46003 parado", "🔴 UFV Barra Norte: fim do silêncio, relé 1931 atuado e inversor 46003 parado desde 09:40", "danger"],
  "mute-ended-gone": ["🟠 UFV Barra Norte: fim do silêncio, 2 aparelhos sem leituras há 7 dias", "🟠 UFV Barra Norte: fim do silêncio, 2 aparelhos sem leituras há 7 dias", "warning"],
  "mute-ended-well": ["🟢 UFV Barra Norte: fim do silêncio do inversor 46003, sem falha", "🟢 UFV Barra Norte: fim do silêncio do inversor 46003, sem falha", "good"],
  "inverters-some": ["🔴 UFV Barra Norte: 3 de 12 inversores parados", "🔴 UFV Barra Norte: 3 de 12 inversores parados desde 10:05", "danger"],
  "inverters-all": ["🔴 UFV Barra Norte: TODOS os 12 inversores parados", "🔴 UFV Barra Norte: TODOS os 12 inversores parados desde 10:05", "danger"],
  "inverter-again": ["🔴 UFV Barra Norte: inversor 46003 parado (3ª vez em 1 h)", "🔴 UFV Barra Norte: inversor 46003 parado desde 11:02 (3ª vez em 1 h)", "danger"],
  "inverters-normal": ["🟢 UFV Barra Norte: 2 inversores normalizados", "🟢 UFV Barra Norte: 2 inversores normalizados às 11:25", "good"],
  "api-lost": ["🟠 Monitor: PVOperation não responde", "🟠 Monitor: PVOperation não responde desde 10:05", "info"],
  "api-back": ["🟢 Monitor: PVOperation voltou a responder", "🟢 Monitor: PVOperation voltou a responder às 10:45, após 40 min", "good"],
  "no-data": ["🟠 Monitor: 120 de 191 usinas sem dados", "🟠 Monitor: 120 de 191 usinas sem dados desde 10:05", "info"],
  "state-lost": ["🟠 Monitor: estado não pôde ser gravado", "🟠 Monitor: estado não pôde ser gravado desde 10:05", "info"],
  "weekly-report": ["📊 Relatório da semana 2025-W48: 16 ocorrências", "📊 Relatório da semana 2025-W48: 16 ocorrências · inversores 99,9 % disponíveis", "info"],
  "weekly-report-quiet": ["🟢 Relatório da semana 2025-W48: nenhuma ocorrência", "🟢 Relatório da semana 2025-W48: nenhuma ocorrência · inversores 100 % disponíveis", "good"],
  digest: ["🟠 UFV Barra Norte: 5 eventos enquanto o Teams não respondia (06:55–11:00), 1 ainda ativo (1/1)", "🟠 UFV Barra Norte: 5 eventos enquanto o Teams não respondia (06:55–11:00), 1 ainda ativo (1/1)", "danger"],
  "digest-pages": ["🟠 UFV Barra Norte: 140 eventos enquanto o Teams não respondia (07:20–11:00), 20 ainda ativos (1/2)", "🟠 UFV Barra Norte: 140 eventos enquanto o Teams não respondia (07:20–11:00), 20 ainda ativos (1/2)", "danger"],
  "digest-monitor": ["🟠 Monitor: 2 avisos enquanto o Teams não respondia (06:40–09:00) (1/1)", "🟠 Monitor: 2 avisos enquanto o Teams não respondia (06:40–09:00) (1/1)", "info"],
  "heartbeat-ok": ["✅ Monitor ativo, varreduras em dia: OK (12:00)", "✅ Monitor ativo, varreduras em dia: OK (12:00)", "good"],
  "heartbeat-attention": [
    "⚠️ Monitor ativo, ATENÇÃO: Teams recusou 3 cartões; inversores sem vigilância há mais de 12 h; 2 usinas sem dados (12:00)",
    "⚠️ Monitor ativo, ATENÇÃO: Teams recusou 3 cartões; inversores sem vigilância há mais de 12 h; 2 usinas sem dados (12:00)", "info",
  ],
};

describe("os exemplos", () => {
  test.each(Object.entries(SAID))("%s: título, linha do aviso, gravidade", (name, [title, summary, severity]) => {
    const message = Object.entries(SAMPLES).find(([sample]) => sample === name)?.[1];
    if (message === undefined) throw new Error(name);
    for (const format of ["adaptivecard", "messagecard"] as const) {
      const [card] = composeCards(message, format, false);
      const unpaged = (text: string): string => text.replace(/\(1\/\d+\)$/, "");
      expect(summaryOf(card.body)).toBe(format === "adaptivecard" ? fallbackOf(card.body) : summaryOf(card.body));
      expect([unpaged(card.title), unpaged(summaryOf(card.body)), card.severity]).toEqual([unpaged(title), unpaged(summary), severity]);
    }
    expect(composeCards(message, "adaptivecard", false)[0].title).toBe(title);
  });

  const LINES: readonly (readonly [SampleName, readonly string[]])[] = [
    ["weekly-report", ["24/11 a 30/11", "⚠️ O relatório não viu tudo: 1 lacuna, dita na planilha.", "14 ocorrências · 1 sem normalização · reparo em 2 h 12 min em média",
      "51,2 h fora na janela, 96,5 h ao todo · 191 usinas · 2.310 inversores", "UFV Barra Norte · inversores", "6 ocorrências · 71 h ao todo · disponibilidade 96,3 %",
      "planilha no servidor: relatorios/pvmonitor-2025-W48.xlsx · feito às 00:05 · pvmonitor"]],
    ["relay-failure", ["desde 10:05 · última leitura 10:15 · 1.250,5 kWp", "r59N – sobretensão de neutro (ANSI 59N)", "r86 – bloqueio (ANSI 86)", "1ª leitura 10:05 · última 10:15",
      "⛔ Bloqueio (86) ativo: não religar à distância.", "Inversores desta usina: sem vigilância enquanto o relé estiver atuado.", "incidente 7F3K2M · lido da PVOperation às 10:20 · pvmonitor"]],
    ["relay-normal", ["atuado das 10:05 às 10:40 (35 min) · ainda parados: 2 de 12 inversores · 1.250,5 kWp"]],
    ["relay-passed", ["atuado das 14:10 às 14:20 (10 min) · 1.250,5 kWp", "14:10–14:20", "r27_0 – subtensão da alimentação auxiliar (ANSI 27)"]],
    ["relay-silent", ["última leitura 10:15 (há 2 h 5 min) · 1.250,5 kWp", "alerta ainda ativo: SOBRETENSÃO"]],
    ["mute-ended", ["em silêncio das 08:00 às 12:00 (4 h) · 1.250,5 kWp", "⛔ Bloqueio (86) ativo: não religar à distância.", "Relé 1931 · SOBRETENSÃO", "última leitura 11:50 · incidente 7F3K2M",
      "O que foi avisado antes do silêncio e não está nesta lista já não está em falha.", "Motivo do silêncio: manutenção preventiva do relé",
      "silenciado por linha de comando (ana) · encerrado no horário · visto às 12:00 · pvmonitor"]],
    ["mute-ended-gone", ["Sem leituras há 7 dias, fim não conhecido", "Inversor 46003", "Relé 1931 · SOBRETENSÃO",
      "O que foi avisado antes do silêncio e não está nesta lista já não está em falha, fora 2 aparelhos que continuam em silêncio."]],
    ["mute-ended-well", ["O que foi avisado antes do silêncio já não está em falha.", "silenciado por linha de comando (ana) · encerrado por linha de comando (ana) · visto às 11:10 · pvmonitor"]],
    ["inverters-some", ["46003", "última leitura 10:21 · 2ª vez em 1 h · incidente X4HM8R"]],
    ["inverter-again", ["⚠️ O relé desta usina não pôde ser consultado."]],
    ["inverters-normal", ["parados entre 10:05 e 11:25 · ainda parados: 2 de 12 inversores · 1.250,5 kWp", "1 h 20 min"]],
    ["digest", ["Ainda ativos", "🔴 Inversor 46003", "parado desde 09:10", "Encerrados", "Relé 1931 · SOBRETENSÃO", "06:41–07:12 (31 min)", "Inversor 46001", "08:05–08:40 (35 min)"]],
    ["heartbeat-ok", ["27 usinas · 0 alertas ativos", "191 usinas · 4 parados em 2 usinas", "desde 30/11 16:00", "servidor-1 · PID 4711 · v1.0.0 · no ar há 12 d 4 h · pvmonitor"]],
    ["heartbeat-attention", ["Em silêncio", "até 18:00", "só 46003 · troca do inversor", "Teams recusou 3 cartões", "desde 09:40", "São tentados de novo a cada hora; ver no log, nas linhas TEAMS, o que foi recusado."]],
  ];
  test.each(LINES)("%s: linhas do cartão", (name, lines) => {
    expect(textOf(name).split("\n")).toEqual(expect.arrayContaining([...lines]));
  });

  test("o cartão simples diz o mesmo: usina, aparelhos, parâmetros, incidentes", () => {
    for (const part of ["UFV Barra Norte", "1931", "r59N – sobretensão de neutro (ANSI 59N)", "7F3K2M", "não religar à distância"]) expect(textOf("relay-failure", true)).toContain(part);
  });

  test("o que não cabe é contado", () => {
    const message: Message = SAMPLES["inverters-all"];
    if (message.kind !== "notice" || message.notice.kind !== "devices") throw new Error("exemplo trocado");
    const { committedAt, notice } = message;
    const events = notice.devices[0]?.events ?? [];
    const devices = Array.from({ length: 500 }, (_, i) => ({ device: `${i}`, name: `INV ${i}`, events: events.map((event) => ({ ...event, device: `${i}` })) }));
    const [{ body }] = composeCards({ kind: "notice", committedAt, notice: { ...notice, devices } }, "adaptivecard", false);
    const text = textsIn(JSON.parse(body));
    const shown = text.match(/^INV \d+$/gm)?.length ?? 0;
    expect(shown).toBeGreaterThan(25);
    expect(text).toContain(`e mais ${500 - shown}`);
  });

  test("o que ainda está ativo vem antes, em todas as páginas do resumo", () => {
    const texts = textOf("digest-pages");
    expect(texts.lastIndexOf("parado desde")).toBeLessThan(texts.indexOf("07:05–09:12"));
    expect(texts.match(/\((\d)\/\1\)/g)?.length).toBeGreaterThan(0);
  });
});

function expectAcceptable(message: Message): readonly (readonly ComposedCard[])[] {
  return FORMS.map(([format, plain, schema, mostBytes]) => {
    const cards = composeCards(message, format, plain);
    for (const { body, title } of cards) {
      expect(Buffer.byteLength(body)).toBeLessThan(mostBytes);
      const parsed = schema.safeParse(JSON.parse(body));
      expect(parsed.error?.message).toBeUndefined();
      expect(title.isWellFormed()).toBe(true);
    }
    return cards;
  });
}

/** Shrinking a card of 3,000 devices could take hours: a failure is told with what was found by then. */
const BOUNDED = { interruptAfterTimeLimit: 15_000 };

describe("qualquer mensagem", () => {
  test("exemplos são aceitáveis em todas as formas", () => {
    for (const message of Object.values(SAMPLES)) expectAcceptable(message);
  });
  test("avisos", () => {
    fc.assert(fc.property(arbitraryNotice, (message) => void expectAcceptable(message)), { numRuns: 100, ...BOUNDED });
  });
  test("heartbeats", () => {
    fc.assert(fc.property(arbitraryHeartbeat, (message) => void expectAcceptable(message)), { numRuns: 40, ...BOUNDED });
  });
  test("resumos: cada evento em alguma página", () => {
    fc.assert(fc.property(arbitraryDigest, (digest) => {
      const expected = digest.notifications.flatMap(({ notice }) => (notice.kind === "devices" ? notice.devices : [])).flatMap(({ events }) => events.map(({ incident }) => incident.id));
      for (const cards of expectAcceptable({ kind: "digest", digest })) {
        const text = cards.map(({ body }) => body).join("\n");
        const told = new Set(text.match(/I[0-9a-f]+X\d+Z/g));
        expect(expected.filter((id) => !told.has(id))).toEqual([]);
        for (const [i, { title }] of cards.entries()) expect(title.endsWith(`(${i + 1}/${cards.length})`)).toBe(true);
      }
    }), { numRuns: 30, ...BOUNDED });
  });
});
