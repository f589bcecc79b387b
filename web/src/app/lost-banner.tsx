// No contact with the monitor: said plainly, with since when by the monitor's own clock.
import { lost, overview } from "../data/live.ts";
import { Mark } from "../parts/status.tsx";
import { wallOf, fullDate } from "../zone-time.ts";

export function LostBanner() {
  return (
    <div class="lost" role="alert" hidden={lost.value === null}>
      {lost.value !== null && <><Mark name="blind" /><p><strong>{lostText()}</strong> {lost.value.text} {lost.value.since === null ? "" : "O que se vê abaixo é de então. "}Tentando de novo a cada 10 s.</p></>}
    </div>
  );
}

/** `Sem contato com o monitor desde 24/11/2025 10:15.` */
export function lostText(): string {
  const zone = overview.value?.zone;
  if (lost.value?.since === null || lost.value === null || zone === undefined) return "Sem contato com o monitor.";
  const { date, time } = wallOf(lost.value.since, zone);
  return `Sem contato com o monitor desde ${time} de ${fullDate(date)}.`;
}
