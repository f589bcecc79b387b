// Sends a test card. Asked twice.
import { useState } from "preact/hooks";
import { testCardRequest } from "../../../src/api/schemas.ts";
import type { TestCardRequest } from "../../../src/api/schemas.ts";
import { Confirm } from "../parts/confirm.tsx";
import { Panel } from "../parts/panel.tsx";

const KINDS: Readonly<Record<TestCardRequest["kind"], string>> = { relay: "falha de relé", inverter: "inversores parados", heartbeat: "heartbeat" };

export function TestCardPanel({ onEnd }: { readonly onEnd: (text: string) => void }) {
  const [kind, setKind] = useState<TestCardRequest["kind"]>("relay");
  const [isAsked, setAsked] = useState(false);
  return (
    <Panel id="test-card" title="Cartão de teste" about="Mostra se os cartões chegam aonde têm de chegar.">
      <form class="inline-form" onSubmit={(event) => { event.preventDefault(); setAsked(true); }}>
        <label>Exemplo de <select value={kind} onChange={(event) => { const chosen = testCardRequest.shape.kind.safeParse(event.currentTarget.value); if (chosen.success) setKind(chosen.data); }}>
          {testCardRequest.shape.kind.options.map((option) => <option key={option} value={option}>{KINDS[option]}</option>)}
        </select></label>
        <button type="submit" class="button">Enviar cartão de teste…</button>
      </form>
      {isAsked && (
        <Confirm title="Enviar um cartão de teste?" yes="Enviar agora" path="api/test-card" body={{ kind }} onEnd={(text) => { setAsked(false); if (text !== null) onEnd(text); }}>
          <p>Um cartão de exemplo (<strong>{KINDS[kind]}</strong>), marcado como teste, vai <strong>agora ao canal do Teams</strong> que recebe estes alertas. Quem o acompanha vai recebê-lo. Nenhuma usina muda de estado.</p>
        </Confirm>
      )}
    </Panel>
  );
}
