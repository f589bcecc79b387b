// One plant: how it is, its day, its relays, its incidents.
import { useState } from "preact/hooks";
import { muteList, plantDay as schema, type PlantDay } from "../../../src/api/schemas.ts";
import { useAnswer } from "../data/use-answer.ts";
import { IncidentTable } from "../parts/incident-table.tsx";
import { Mutes } from "../parts/mutes.tsx";
import { Empty, Loading, Missing, Trouble } from "../parts/notice.tsx";
import { Panel } from "../parts/panel.tsx";
import { StatusBadge } from "../parts/status.tsx";
import { When } from "../parts/when.tsx";
import { capacity, counted } from "../words.ts";
import { fullDate } from "../zone-time.ts";
import { DayTurner } from "./day-turner.tsx";
import { MuteForm } from "./mute-form.tsx";
import { PowerPanel } from "./power-panel.tsx";
import { isLockedOut, RelayPanel } from "./relay-panel.tsx";

interface Props { readonly id: string; readonly day: string | null }

export function PlantView({ id, day }: Props) {
  const asked = useAnswer(schema, `api/plants/${encodeURIComponent(id)}${day === null ? "" : `?date=${encodeURIComponent(day)}`}`);
  return (
    <>
      <p class="crumb"><a href="#/">‹ Visão geral</a></p>
      {asked.error !== null && <Trouble onAgain={asked.again}>{asked.error}</Trouble>}
      {asked.value === null ? <><h1 class="hidden">Usina</h1>{asked.error === null && <Loading what="a usina" />}</> : <Plant day={asked.value} />}
    </>
  );
}

function Plant({ day }: { readonly day: PlantDay }) {
  const { plant, at, zone, incidents, missing } = day;
  const [isMuting, setMuting] = useState(false);
  const [said, setSaid] = useState<string | null>(null);
  return (
    <>
      <header class="plant-head">
        <div class="plant-title">
          <h1>{plant.name}</h1>
          <p class="plant-facts"><StatusBadge status={plant.status} />{plant.what !== "" && <span class="plant-what">{plant.what}</span>}{plant.since !== null && <When at={plant.since} now={at} zone={zone} />}</p>
          <p class="small">{[capacity(plant.capacityKwp), counted(plant.inverters, "inversor", "inversores"), `id ${plant.id}`, zone].filter((part) => part !== null).join(" · ")}</p>
        </div>
        <div class="plant-tools">
          <DayTurner day={day} />
          <button type="button" class="button" aria-expanded={isMuting} onClick={() => { setMuting(!isMuting); setSaid(null); }}>Silenciar…</button>
        </div>
      </header>
      <p class="said" role="status">{said}</p>
      {isLockedOut(day) && <p class="notice notice-lockout"><strong>Bloqueio (86) ativo:</strong> não religar à distância.</p>}
      {plant.isUnwatched && <p class="notice notice-warning">Inversores desta usina: sem vigilância enquanto o relé estiver atuado.</p>}
      <Missing text={missing} />
      {isMuting && <MuteForm day={day} onEnd={(text) => { setMuting(false); setSaid(text); }} />}
      <PlantMutes id={plant.id} onEnd={setSaid} />
      <div class="columns columns-plant">
        <PowerPanel day={day} />
        <RelayPanel day={day} />
        <Panel id="incidents" title="Ocorrências do dia" side={<a href={`#/ocorrencias?usina=${encodeURIComponent(plant.id)}`}>de um período</a>}>
          {incidents.length === 0 ? <Empty>Aqui aparecem as falhas de relés e inversores. Em {fullDate(day.date)} não houve nenhuma.</Empty> : <IncidentTable label="Ocorrências do dia" incidents={incidents} now={at} zone={zone} hasPlant={false} />}
        </Panel>
      </div>
    </>
  );
}

function PlantMutes({ id, onEnd }: { readonly id: string; readonly onEnd: (text: string) => void }) {
  const asked = useAnswer(muteList, "api/mutes");
  const mutes = asked.value?.mutes.filter(({ plantId }) => plantId === id) ?? [];
  if (asked.value === null || mutes.length === 0) return null;
  return <Panel id="mutes" title="Silenciada"><Mutes mutes={mutes} now={asked.value.at} zone={asked.value.zone} onEnd={(text) => { onEnd(text); asked.again(); }} /></Panel>;
}
