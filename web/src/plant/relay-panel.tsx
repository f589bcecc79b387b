// What the relays say, in words.
import type { PlantDay } from "../../../src/api/schemas.ts";
import { Empty } from "../parts/notice.tsx";
import { Panel } from "../parts/panel.tsx";
import { Mark } from "../parts/status.tsx";
import { When } from "../parts/when.tsx";
import { moment } from "../zone-time.ts";

const LOCKOUT = /^r?86$/i;

/** Lockout: nobody may reclose from afar. */
export function isLockedOut({ relays }: PlantDay): boolean {
  return relays.some(({ alerts }) => alerts.some(({ parameters }) => parameters.some(({ name }) => LOCKOUT.test(name.trim()))));
}

export function RelayPanel({ day }: { readonly day: PlantDay }) {
  const { relays, at, zone } = day;
  return (
    <Panel id="relays" title="Relés, agora">
      {relays.length === 0 && <Empty>Aqui aparecem os relés desta usina e o que eles acusam. A PVOperation não mostra nenhum.</Empty>}
      <ul class="relays">
        {relays.map((relay) => (
          <li key={relay.id} class={relay.alerts.length > 0 ? "relay relay-alerted" : "relay"}>
            <p class="relay-name"><Mark name={relay.alerts.length > 0 ? "relay" : "normal"} /><strong>{relay.name}</strong> {relay.alerts.length > 0 ? "atuado" : "normal"}</p>
            <p class="small">última leitura <When at={relay.lastReading} now={at} zone={zone} /></p>
            {relay.alerts.map(({ type, since, last, parameters }) => (
              <div key={type} class="alert">
                <h3>{type}</h3>
                <p>desde {moment(since, at, zone)} (<When at={since} now={at} zone={zone} />), última {moment(last, at, zone)}</p>
                <ul>{parameters.map(({ name, words }) => <li key={name}>{words.startsWith(name) ? words : `${name} – ${words}`}</li>)}</ul>
              </div>
            ))}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
