// The frame around the views, and which of them is shown.
import { useEffect, useRef } from "preact/hooks";
import { askSession, session } from "../data/session.ts";
import { start, stop } from "../data/live.ts";
import { IncidentsView } from "../incidents/incidents-view.tsx";
import { MonitorView } from "../monitor/monitor-view.tsx";
import { OverviewView } from "../overview/overview-view.tsx";
import { WallView } from "../overview/wall-view.tsx";
import { PlantView } from "../plant/plant-view.tsx";
import { LostBanner } from "./lost-banner.tsx";
import { Masthead } from "./masthead.tsx";
import { route } from "./route.ts";
import { SignIn } from "./sign-in.tsx";

export function Page() {
  const isOut = session.value === "out";
  useEffect(() => { void askSession(); }, []);
  useEffect(() => {
    if (isOut) return undefined;
    start();
    return stop;
  }, [isOut]);
  if (isOut) return <SignIn />;
  if (route.value.view === "wall") return <WallView />;
  return <Framed />;
}

function Framed() {
  const main = useRef<HTMLElement>(null);
  const current = route.value;
  const place = current.view === "plant" ? `${current.view} ${current.id}` : current.view;
  const before = useRef(place);
  useEffect(() => {
    // To who reads by ear or keyboard a new view is a new page: its beginning is next.
    if (before.current !== place) {
      scrollTo(0, 0);
      main.current?.focus({ preventScroll: true });
    }
    before.current = place;
  }, [place]);
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => { event.preventDefault(); main.current?.focus(); }}>Ir para o conteúdo</a>
      <Masthead />
      <LostBanner />
      <main id="main" ref={main} tabIndex={-1}><Shown /></main>
    </>
  );
}

function Shown() {
  const current = route.value;
  switch (current.view) {
    case "overview": case "wall": return <OverviewView />;
    case "plant": return <PlantView key={current.id} id={current.id} day={current.query.get("dia")} />;
    case "incidents": return <IncidentsView />;
    case "monitor": return <MonitorView />;
    case "nowhere": return <><h1>Página não encontrada</h1><p>Este endereço não existe. <a href="#/">Ir para a visão geral</a></p></>;
  }
}
