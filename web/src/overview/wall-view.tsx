// For a screen on the wall, read from across the room: no controls, everything in sight, nothing scrolls.
import { useEffect, useRef, useState } from "preact/hooks";
import type { Overview, PlantTile } from "../../../src/api/schemas.ts";
import { lostText } from "../app/lost-banner.tsx";
import { lost, overview } from "../data/live.ts";
import { Loading } from "../parts/notice.tsx";
import { Mark, STATUS_WORDS } from "../parts/status.tsx";
import { ago, capacity, counted } from "../words.ts";
import { moment, wallOf } from "../zone-time.ts";
import { fitTiles, roomFor, type Field } from "./fit.ts";
import { headMark } from "./headline.tsx";

export function WallView() {
  const seen = overview.value;
  useEffect(() => {
    const leave = (event: KeyboardEvent): void => { if (event.key === "Escape") location.hash = "#/"; };
    addEventListener("keydown", leave);
    return () => { removeEventListener("keydown", leave); };
  }, []);
  return (
    <main class={lost.value === null ? "wall" : "wall is-stale"} id="main">
      <a class="skip" href="#/">Sair do mural</a>
      {seen === null ? <><h1 class="wall-title">{lost.value === null ? "pvmonitor" : lostText()}</h1>{lost.value === null && <Loading what="as usinas" />}</> : <Wall seen={seen} />}
    </main>
  );
}

function Wall({ seen }: { readonly seen: Overview }) {
  const isLost = lost.value !== null;
  const status = isLost ? "blind" : seen.headline.status;
  const loud = seen.plants.filter((plant) => plant.status !== "normal" && plant.status !== "muted");
  const quiet = seen.plants.filter((plant) => plant.status === "normal" || plant.status === "muted");
  // A tile that calls counts as eight that do not; neither takes all of the screen from the other.
  const share = loud.length === 0 ? 0 : quiet.length === 0 ? 1 : Math.min(0.78, Math.max(0.4, (8 * loud.length) / (8 * loud.length + quiet.length)));
  return (
    <>
      <header class={`wall-head headline-${status}`}>
        <Mark name={isLost ? "blind" : headMark(seen)} />
        <div>
          <h1 class="wall-title" aria-live="polite">{isLost ? lostText() : seen.headline.text}</h1>
          {!isLost && seen.attention.length > 0 && <p class="wall-attention">{seen.attention.map(({ text, since }) => (since === null ? text : `${text} (${ago(since, seen.at)})`)).join(" · ")}</p>}
        </div>
        <p class="wall-clock">{wallOf(seen.at, seen.zone).time}</p>
      </header>
      {loud.length > 0 && <Tiles plants={loud} seen={seen} weight={share} isLoud />}
      {quiet.length > 0 && <Tiles plants={quiet} seen={seen} weight={1 - share} isLoud={false} />}
      {seen.plants.length === 0 && <p class="wall-attention">Aqui aparecem as usinas que o monitor vê. A lista ainda não chegou.</p>}
    </>
  );
}

/** Below this nobody reads a tile from afar: the last one says how many more there are. */
const LEAST: Field = { width: 168, height: 96 };

interface TilesProps { readonly plants: readonly PlantTile[]; readonly seen: Overview; readonly weight: number; readonly isLoud: boolean }

function Tiles({ plants, seen, weight, isLoud }: TilesProps) {
  const list = useRef<HTMLUListElement>(null);
  const [field, setField] = useState<Field>({ width: innerWidth, height: innerHeight * weight });
  useEffect(() => {
    const element = list.current;
    if (element === null) return undefined;
    const watch = new ResizeObserver(() => { setField({ width: element.clientWidth, height: element.clientHeight }); });
    watch.observe(element);
    return () => { watch.disconnect(); };
  }, []);
  const room = isLoud ? roomFor(field, LEAST) : plants.length;
  const shown = plants.length <= room ? plants : plants.slice(0, room - 1);
  const cells = Math.max(1, shown.length + (shown.length < plants.length ? 1 : 0));
  const { columns, rows } = fitTiles(cells, field, isLoud ? 1.9 : 3.4);
  const style = { flexGrow: String(Math.max(0.05, weight)), gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`, gridTemplateRows: `repeat(${rows}, minmax(0, 1fr))` };
  const label = isLoud ? "Precisam de alguém" : "Normais e silenciadas";
  return (
    <ul class={isLoud ? "wall-grid wall-loud" : "wall-grid wall-quiet"} ref={list} style={style} aria-label={label}>
      {shown.map((plant) => <li key={plant.id} class={`wall-tile tile-${plant.status}`}>{isLoud ? <Loud plant={plant} seen={seen} /> : <Quiet plant={plant} />}</li>)}
      {shown.length < plants.length && <li class="wall-tile wall-more"><span class="wall-name">e mais {counted(plants.length - shown.length, "usina", "usinas")}</span></li>}
    </ul>
  );
}

function Loud({ plant, seen }: { readonly plant: PlantTile; readonly seen: Overview }) {
  return (
    <div class="wall-body">
      <p class="wall-state"><Mark name={plant.status} />{STATUS_WORDS[plant.status].one}</p>
      <p class="wall-name">{plant.name}</p>
      <p class="wall-what">{plant.what}</p>
      <p class="wall-since">{plant.since !== null && <strong>{ago(plant.since, seen.at)}</strong>} <span class="wall-size">{plant.since !== null && `desde ${moment(plant.since, seen.at, seen.zone)} · `}{capacity(plant.capacityKwp) ?? "– kWp"}</span></p>
    </div>
  );
}

function Quiet({ plant }: { readonly plant: PlantTile }) {
  return <p class="wall-line"><Mark name={plant.status} /><span class="hidden">{STATUS_WORDS[plant.status].one}: </span><span class="wall-name">{plant.name}</span></p>;
}
