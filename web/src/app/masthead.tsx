// Name, the ways to go, and whether what is shown is of now.
import { isTold, lost, overview } from "../data/live.ts";
import { session, signOut } from "../data/session.ts";
import { wallOf } from "../zone-time.ts";
import { route, type Route } from "./route.ts";
import { theme, toggleTheme } from "./theme.ts";

const WAYS: readonly (readonly [href: string, view: Route["view"], word: string])[] = [
  ["#/", "overview", "Visão geral"], ["#/ocorrencias", "incidents", "Ocorrências"], ["#/monitor", "monitor", "Monitor"], ["#/mural", "wall", "Mural"],
];

export function Masthead() {
  const { view } = route.value;
  const isDark = theme.value === "dark";
  return (
    <header class="masthead">
      <a class="brand" href="#/" aria-label="pvmonitor, visão geral">
        <svg viewBox="0 0 20 20" aria-hidden="true" focusable="false"><circle cx="10" cy="10" r="4" /><path d="M10 1v3M10 16v3M1 10h3M16 10h3M3.6 3.6l2.1 2.1M14.3 14.3l2.1 2.1M3.6 16.4l2.1-2.1M14.3 5.7l2.1-2.1" /></svg>
        <span>pvmonitor</span>
      </a>
      <nav class="ways" aria-label="Páginas">
        {WAYS.map(([href, of, word]) => <a key={href} href={href} {...(of === view ? { "aria-current": "page" } : {})}>{word}</a>)}
      </nav>
      <div class="masthead-side">
        <Freshness />
        <button type="button" class="button button-icon" onClick={toggleTheme} aria-label={isDark ? "Usar cores claras" : "Usar cores escuras"} title={isDark ? "Usar cores claras" : "Usar cores escuras"}>
          <svg viewBox="0 0 16 16" aria-hidden="true" focusable="false"><circle class="line" cx="8" cy="8" r="6.5" /><path class="body" d="M8 1.5a6.5 6.5 0 0 1 0 13z" /></svg>
        </button>
        {session.value === "in" && <button type="button" class="button" onClick={() => void signOut()}>Sair</button>}
      </div>
    </header>
  );
}

function Freshness() {
  const seen = overview.value;
  if (lost.value !== null || seen === null) return null;
  const { time } = wallOf(seen.at, seen.zone);
  return <p class="freshness" title={isTold.value ? "O monitor avisa a cada mudança." : "Sem aviso de mudanças: a página pergunta a cada 10 s."}><span class="pulse" aria-hidden="true" />{isTold.value ? "ao vivo" : "a cada 10 s"} · {time}</p>;
}
