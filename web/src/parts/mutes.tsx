// Mutes in force, each with the way to end it. Asked twice.
import { useState } from "preact/hooks";
import type { MuteView } from "../../../src/api/schemas.ts";
import { plantHref } from "../app/route.ts";
import { ago } from "../words.ts";
import { moment } from "../zone-time.ts";
import { Confirm } from "./confirm.tsx";
import { Mark } from "./status.tsx";

interface Props { readonly mutes: readonly MuteView[]; readonly now: number; readonly zone: string; readonly onEnd: (text: string) => void }

export function Mutes({ mutes, now, zone, onEnd }: Props) {
  const [asked, setAsked] = useState<MuteView | null>(null);
  return (
    <>
      <ul class="mutes">
        {mutes.map((mute) => (
          <li key={mute.id}>
            <Mark name="muted" />
            <p><a href={plantHref(mute.plantId)}>{mute.plantName}</a>{mute.device === null ? ", usina inteira" : `, ${mute.deviceName ?? mute.device}`}: silenciada até <strong>{moment(mute.until, now, zone)}</strong> ({ago(mute.until, now)})
              <br /><span class="small">{mute.reason} · por {mute.by}, {moment(mute.since, now, zone)}</span></p>
            <button type="button" class="button" onClick={() => { setAsked(mute); }} aria-label={`Encerrar o silêncio de ${mute.deviceName ?? mute.plantName}`}>Encerrar…</button>
          </li>
        ))}
      </ul>
      {asked !== null && (
        <Confirm title={`Encerrar o silêncio de ${asked.deviceName === null ? "" : `${asked.deviceName}, `}${asked.plantName}?`} yes="Encerrar agora" path={`api/mutes/${encodeURIComponent(asked.id)}/end`} body={{}} onEnd={(text) => { setAsked(null); if (text !== null) onEnd(text); }}>
          <p>A partir de agora, <strong>falhas e normalizações voltam a ir ao Teams</strong>, e o monitor diz lá o que ainda estiver em falha.</p>
        </Confirm>
      )}
    </>
  );
}
