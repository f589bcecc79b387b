// The one line of truth: all well, somebody is needed, or the monitor itself does not see.
import type { Overview, PlantTile } from "../../api/schemas.ts";
import { reasonOf } from "../../adapters/teams/heartbeat-card.ts";
import { capitalized, counted, listed, timesOf } from "../../adapters/teams/words.ts";
import type { Attention, Heartbeat } from "../../domain/heartbeat.ts";
import type { EpochMs } from "../../domain/local-time.ts";

/** What keeps the monitor from seeing: nothing else on the page can be believed then. */
function blindness({ attention }: Heartbeat): Attention | undefined {
  const late = attention.filter(({ kind }) => kind === "scan-late");
  return attention.find(({ kind }) => kind === "api-failing") ?? (late.length === 2 ? late[0] : undefined);
}

export function headlineOf(beat: Heartbeat, tiles: readonly PlantTile[]): Overview["headline"] {
  const blind = blindness(beat);
  if (blind !== undefined) {
    const { what, since } = reasonOf(blind);
    const when = since === null ? "" : ` desde ${timesOf(beat.zone, beat.at).moment(since)}`;
    return { status: "blind", text: `O monitor não enxerga${when}: ${what}`, since };
  }
  const [failing, silent] = [tiles.filter(({ status }) => status === "relay" || status === "inverters"), tiles.filter(({ status }) => status === "no-data")];
  if (failing.length + silent.length === 0) {
    if (tiles.length === 0) return { status: "attention", text: "Ainda nenhuma usina: o monitor espera a lista da PVOperation", since: beat.startedAt };
    const [first, ...others] = beat.attention.map(reasonOf);
    if (first !== undefined) {
      const more = others.length === 0 ? "" : `, e mais ${counted(others.length, "motivo", "motivos")} de atenção`;
      return { status: "attention", text: `Nenhuma usina em falha, mas ${first.what}${more}`, since: first.since };
    }
    return { status: "well", text: `Tudo bem: ${counted(tiles.length, "usina", "usinas")}, varreduras em dia`, since: null };
  }
  const text = listed([
    ...(failing.length === 0 ? [] : [`${counted(failing.length, "usina precisa", "usinas precisam")} de alguém`]),
    ...(silent.length === 0 ? [] : [`${counted(silent.length, "usina", "usinas")} sem dados`]),
  ]);
  return { status: "attention", text, since: oldest([...failing, ...silent]) };
}

function oldest(tiles: readonly PlantTile[]): EpochMs | null {
  const times = tiles.flatMap(({ since }) => since ?? []);
  return times.length === 0 ? null : Math.min(...times);
}

export function attentionView(attention: Attention): Overview["attention"][number] {
  const { what, toDo, since } = reasonOf(attention);
  return { kind: attention.kind, text: `${capitalized(what)}. ${toDo}`, since };
}
