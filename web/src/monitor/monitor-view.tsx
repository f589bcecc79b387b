// Whether the monitor itself is well.
import { useState } from "preact/hooks";
import { monitorView as schema, type MonitorView as Seen } from "../../../src/api/schemas.ts";
import { useAnswer } from "../data/use-answer.ts";
import { AttentionList } from "../overview/attention-list.tsx";
import { Mutes } from "../parts/mutes.tsx";
import { Empty, Loading, Missing, Trouble } from "../parts/notice.tsx";
import { Panel } from "../parts/panel.tsx";
import { CardPanel, OutboxPanel } from "./cards.tsx";
import { IdentityFacts, OutagePanel, SettingsPanel } from "./facts.tsx";
import { ApiPanel, ScanPanel } from "./scans.tsx";
import { TestCardPanel } from "./test-card.tsx";

export function MonitorView() {
  const asked = useAnswer(schema, "api/monitor");
  return (
    <>
      <h1>Monitor</h1>
      {asked.error !== null && <Trouble onAgain={asked.again}>{asked.error}</Trouble>}
      {asked.value === null ? asked.error === null && <Loading what="o estado do monitor" /> : <Shown seen={asked.value} again={asked.again} />}
    </>
  );
}

function Shown({ seen, again }: { readonly seen: Seen; readonly again: () => void }) {
  const [said, setSaid] = useState<string | null>(null);
  const say = (text: string): void => { setSaid(text); again(); };
  return (
    <>
      <p class="said" role="status">{said}</p>
      {seen.attention.length === 0 && <p class="well">Varreduras em dia, nada por dizer do monitor.</p>}
      <AttentionList attention={seen.attention} history={null} at={seen.at} zone={seen.zone} />
      <Missing text={seen.missing} />
      <IdentityFacts seen={seen} />
      <div class="columns">
        <ApiPanel seen={seen} />
        <OutboxPanel seen={seen} />
        <OutagePanel seen={seen} />
        <Panel id="mutes" title="Silenciadas">
          {seen.mutes.length === 0 ? <Empty>Aqui aparecem as usinas e os aparelhos silenciados, e até quando. Nenhum está.</Empty> : <Mutes mutes={seen.mutes} now={seen.at} zone={seen.zone} onEnd={say} />}
        </Panel>
        <TestCardPanel onEnd={say} />
        <ScanPanel seen={seen} />
        <CardPanel seen={seen} />
        <SettingsPanel seen={seen} />
      </div>
    </>
  );
}
