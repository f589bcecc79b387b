// What waits for Teams, and what went there.
import type { MonitorView } from "../../../src/api/schemas.ts";
import { DataTable } from "../parts/data-table.tsx";
import { Empty } from "../parts/notice.tsx";
import { Panel } from "../parts/panel.tsx";
import { ClockTime, When } from "../parts/when.tsx";
import { number } from "../words.ts";

type Card = MonitorView["cards"][number];

const OUTCOMES: Readonly<Record<Card["outcome"], string>> = { delivered: "entregue", shadow: "só no log", failed: "sem sucesso", refused: "recusado" };

/** The circles in front of cards' titles. A screen on a wall may have no font for them: they are drawn. */
const CIRCLES: Readonly<Record<string, string>> = { "🔴": "danger", "🟠": "warning", "🟡": "passed", "🟢": "good", "✅": "good", "⚠️": "warning" };

function CardTitle({ title }: { readonly title: string }) {
  const sign = Object.keys(CIRCLES).find((circle) => title.startsWith(circle));
  return sign === undefined ? <>{title}</> : <><span class={`circle circle-${CIRCLES[sign] ?? ""}`} role="img" aria-label={sign} /> {title.slice(sign.length).trimStart()}</>;
}

export function OutboxPanel({ seen: { outbox, outboxTotal, at, zone } }: { readonly seen: MonitorView }) {
  return (
    <Panel id="outbox" title="Por enviar" side={<span class="count">{number(outboxTotal)}</span>}>
      {outbox.length === 0 ? <Empty>Aqui espera cada cartão até o Teams o aceitar. Nenhum espera.</Empty> : (
        <ul class="rows">
          {outbox.map((card) => (
            <li key={card.id}>
              <p><strong><CardTitle title={card.title} /></strong>{card.events > 1 && <span class="small"> · {number(card.events)} eventos</span>}</p>
              <p class="small">{card.why} · espera <When at={card.since} now={at} zone={zone} />{card.nextTry !== null && <> · nova tentativa <When at={card.nextTry} now={at} zone={zone} /></>}</p>
            </li>
          ))}
          {outboxTotal > outbox.length && <li class="small">e mais {number(outboxTotal - outbox.length)}</li>}
        </ul>
      )}
    </Panel>
  );
}

export function CardPanel({ seen: { cards, at, zone } }: { readonly seen: MonitorView }) {
  return (
    <Panel id="cards" title="Envios" about="Cada tentativa, as mais novas primeiro." isWide>
      {cards.length === 0 ? <Empty>Aqui aparecem os cartões que o Teams recebeu, e as tentativas sem sucesso. Ainda não há nenhum.</Empty> : (
        <DataTable label="Cartões enviados" rows={cards} keyOf={(card, index) => `${card.at} ${index}`} isTall={cards.length > 12} columns={[
          { title: "Hora", cell: (card) => <ClockTime at={card.at} now={at} zone={zone} /> },
          { title: "Cartão", cell: ({ title }) => <CardTitle title={title} /> },
          { title: "Resultado", cell: ({ outcome, reason, attempt }) => <><span class={`outcome outcome-${outcome}`}>{OUTCOMES[outcome]}</span>{reason !== null && `: ${reason}`}{attempt > 1 && <span class="small"> ({number(attempt)}ª tentativa)</span>}</> },
          { title: "Eventos", isFigure: true, isExtra: true, cell: ({ events }) => events === 0 ? "–" : number(events) },
        ]} />
      )}
    </Panel>
  );
}
