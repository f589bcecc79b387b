// Asks for a mute: of what, until when, why. Asked twice.
import { useState } from "preact/hooks";
import { muteRequest, type MuteRequest, type PlantDay } from "../../../src/api/schemas.ts";
import { Confirm } from "../parts/confirm.tsx";
import { named } from "../parts/incident-table.tsx";
import { duration } from "../words.ts";
import { addDays, epochOf, moment, wallOf } from "../zone-time.ts";

const HOUR_MS = 3_600_000;

/** Until when, by the plant's clock. NaN: not a time. */
function endOf(choice: string, typed: string, { at, zone }: Pick<PlantDay, "at" | "zone">): number {
  if (choice === "other") {
    const [date = "", time = ""] = typed.split("T");
    return epochOf(date, time.slice(0, 5), zone);
  }
  if (choice === "morning") return epochOf(addDays(wallOf(at, zone).date, 1), "06:00", zone);
  return at + Number(choice) * HOUR_MS;
}

export function MuteForm({ day, onEnd }: { readonly day: PlantDay; readonly onEnd: (text: string | null) => void }) {
  const { plant, inverters, relays, at, zone } = day;
  const [device, setDevice] = useState("");
  const [choice, setChoice] = useState("4");
  const [typed, setTyped] = useState("");
  const [reason, setReason] = useState("");
  const [asked, setAsked] = useState<MuteRequest | null>(null);
  const [error, setError] = useState<string | null>(null);
  const submit = (event: Event): void => {
    event.preventDefault();
    const until = endOf(choice, typed, day);
    const request = muteRequest.safeParse({ plantId: plant.id, device: device === "" ? null : device, until, reason });
    if (!request.success) setError(Number.isNaN(until) ? "Informe até quando." : "Informe o motivo, com 3 a 300 letras.");
    else if (until <= at) setError("O fim tem de estar no futuro.");
    else { setError(null); setAsked(request.data); }
  };
  const what = device === "" ? `a usina ${plant.name} inteira` : `${nameOf(device, day)} da usina ${plant.name}`;
  return (
    <form class="panel mute-form" onSubmit={submit} aria-labelledby="mute-title">
      <h2 id="mute-title">Silenciar</h2>
      <p class="panel-about">Para manutenção: o que acontecer fica registrado, e nenhum cartão vai ao Teams até o fim.</p>
      <div class="fields">
        <label>O quê <select value={device} onChange={(event) => { setDevice(event.currentTarget.value); }}>
          <option value="">a usina inteira</option>
          {relays.map(({ id, name }) => <option key={`r${id}`} value={id}>{named("relé", /^rel[eé]/iu, name)}</option>)}
          {inverters.map(({ id, name }) => <option key={`i${id}`} value={id}>{named("inversor", /^inv/iu, name)}</option>)}
        </select></label>
        <label>Até quando <select value={choice} onChange={(event) => { setChoice(event.currentTarget.value); }}>
          <option value="1">por 1 h</option><option value="4">por 4 h</option><option value="8">por 8 h</option>
          <option value="morning">até amanhã, 06:00</option><option value="24">por 1 dia</option><option value="168">por 7 dias</option><option value="other">outro fim</option>
        </select></label>
        {choice === "other" && <label>Fim, pelo relógio da usina <input type="datetime-local" value={typed} min={`${wallOf(at, zone).date}T${wallOf(at, zone).time}`} onInput={(event) => { setTyped(event.currentTarget.value); }} /></label>}
        <label class="grow">Motivo <input type="text" value={reason} maxLength={300} placeholder="por exemplo: troca de fusíveis" onInput={(event) => { setReason(event.currentTarget.value); }} aria-describedby="mute-error" /></label>
      </div>
      <p id="mute-error" class="error" role="alert">{error}</p>
      <div class="form-buttons">
        <button type="submit" class="button button-main">Silenciar…</button>
        <button type="button" class="button" onClick={() => { onEnd(null); }}>Cancelar</button>
      </div>
      {asked !== null && (
        <Confirm title={`Silenciar ${what}?`} yes={`Silenciar até ${moment(asked.until, at, zone)}`} path="api/mutes" body={asked} onEnd={(text) => { setAsked(null); if (text !== null) onEnd(text); }}>
          <p>Até <strong>{moment(asked.until, at, zone)}</strong> ({duration(asked.until - at)}), falhas e normalizações {device === "" ? "desta usina" : "deste aparelho"} são registradas, e <strong>nenhum cartão vai ao Teams</strong>.</p>
          <p>No fim, o monitor diz no Teams o que ainda estiver em falha. Motivo: “{asked.reason}”.</p>
        </Confirm>
      )}
    </form>
  );
}

function nameOf(device: string, { relays, inverters }: PlantDay): string {
  const relay = relays.find(({ id }) => id === device);
  if (relay !== undefined) return named("relé", /^rel[eé]/iu, relay.name);
  return named("inversor", /^inv/iu, inverters.find(({ id }) => id === device)?.name ?? device);
}
