// The monitor about itself: what it can no longer see or keep, and that it can again.
import type { MonitorNotice } from "../../domain/notification.ts";
import { joined, type Card } from "./card-model.ts";
import { SIGNATURE } from "./notice-cards.ts";
import { duration, number, reasonWords, timesOf } from "./words.ts";

interface Wording {
  readonly lost: string;
  readonly back: string;
  /** How the time between is called, once it is over. */
  readonly past: string;
  readonly toDo: readonly string[];
}

function wordingOf({ topic, plants, detail }: MonitorNotice): Wording {
  switch (topic) {
    case "api":
      return {
        lost: detail === "login-refused" ? "login recusado pela PVOperation" : "PVOperation não responde",
        back: "PVOperation voltou a responder",
        past: "sem acesso",
        toDo: [
          detail === "login-refused" ? "Conferir o usuário e a senha da PVOperation na configuração do monitor." : "Conferir a rede do servidor e se a PVOperation está no ar.",
          "Nenhuma usina é vigiada até lá; depois, as leituras perdidas são lidas.",
        ],
      };
    case "no-data": {
      const share = plants === null ? "mais da metade das usinas" : `${number(plants.affected)} de ${number(plants.total)} usinas`;
      return { lost: `${share} sem dados`, back: "usinas voltaram a ter dados", past: "sem dados", toDo: ["Conferir se a PVOperation recebe leituras: falhas nestas usinas não são vistas."] };
    }
    case "state":
      return {
        lost: "estado não pôde ser gravado",
        back: "estado voltou a ser gravado",
        past: "sem gravar",
        toDo: ["Conferir espaço em disco e permissão da pasta do estado.", "As varreduras seguem; se o monitor reiniciar antes disso, avisos podem se repetir."],
      };
  }
}

/** `PVOperation não responde` */
export function monitorWords(notice: MonitorNotice): string {
  return notice.phase === "lost" ? wordingOf(notice).lost : wordingOf(notice).back;
}

export function monitorCard(notice: MonitorNotice, today: number): Card {
  const times = timesOf(notice.zone, today);
  const { past, toDo } = wordingOf(notice);
  const isLost = notice.phase === "lost";
  const title = `${isLost ? "🟠" : "🟢"} Monitor: ${monitorWords(notice)}`;
  const lasted = duration(notice.at - notice.since);
  const still = !isLost && notice.plants !== null && notice.plants.affected > 0
    ? `ainda sem dados: ${number(notice.plants.affected)} de ${number(notice.plants.total)} usinas` : null;
  return {
    title,
    summary: isLost ? `${title} desde ${times.moment(notice.since)}` : `${title} ${times.on(notice.at)}, após ${lasted}`,
    severity: isLost ? "info" : "good",
    tone: isLost ? "warning" : "good",
    subtitle: isLost ? `desde ${times.moment(notice.since)}` : joined(`${past} ${times.span(notice.since, notice.at)} (${lasted})`, still),
    notes: isLost ? toDo : [],
    sections: [],
    remarks: [],
    small: joined(notice.detail === null || notice.detail === "" ? null : `motivo: ${reasonWords(notice.detail)}`, `visto ${times.on(notice.at)}`, SIGNATURE),
  };
}
