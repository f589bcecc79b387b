// Why a notification has not gone out, in the words of `status` and of the page.
import { reasonWords, type Times } from "../../adapters/teams/words.ts";
import type { Waiting } from "../../app/status-view.ts";
import type { TeamsTrouble } from "../../domain/monitor-state.ts";

export interface WaitingSurroundings {
  readonly teams: TeamsTrouble | null;
  readonly isRunning: boolean;
  readonly teamsEnabled: boolean;
  readonly times: Times;
}

export function whyWaiting({ reason, nextTry }: Waiting, { teams, isRunning, teamsEnabled, times }: WaitingSurroundings): string {
  switch (reason) {
    case "refused": return `o Teams recusou este cartão${nextTry === null ? "" : `; nova tentativa ${times.on(nextTry)}`}`;
    case "digest": return "sai no resumo desta usina, que já começou a ser enviado";
    case "behind": return "espera a anterior da mesma usina";
    case "next":
      if (!isRunning) return "sai quando o monitor voltar";
      if (!teamsEnabled) return "o Teams está desligado (TEAMS_ENABLED=False): vai só para o log";
      return teams === null ? "saindo" : `o Teams não a aceitou ainda: ${reasonWords(teams.reason)}`;
  }
}
