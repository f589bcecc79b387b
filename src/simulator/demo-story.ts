// What happens on the day of the demo: who fails, when, and what goes wrong around it.
// Times are wall clock; plants are places in the list of the demo's plants.
import type { ScenarioFile } from "./scenario.ts";

type Fault = NonNullable<ScenarioFile["faults"]>[number];

export interface RelayTrip {
  readonly plant: number;
  readonly from: string;
  readonly to: string;
  readonly parameters: readonly string[];
  /** From this moment until `to` the relay sends nothing. */
  readonly silentFrom?: string;
}

export interface InverterFailure {
  readonly plant: number;
  readonly inverters: readonly number[] | "all";
  readonly from: string;
  readonly to: string;
}

/** Readings of a time that arrive together, later: the logger had no network. */
export interface LateUpload {
  readonly plant: number;
  readonly from: string;
  readonly to: string;
  readonly arrives: string;
}

export const DEMO_START = "05:40";
export const DEMO_END = "20:30";
export const DEMO_KILL = "12:40:05";

/** Plants with a relay. */
export const RELAY_PLANTS: readonly number[] = [0, 1, 2, 4, 12, 18];

export const TRIPS: readonly RelayTrip[] = [
  { plant: 0, from: "09:05", to: "10:40", parameters: ["r59N", "r86"] },
  // One reading between two scans: over before anyone asked.
  { plant: 1, from: "11:01", to: "11:06", parameters: ["r27A", "r27B", "r27C"] },
  { plant: 2, from: "12:20", to: "13:00", parameters: ["r81U"] },
  // Both told more than an hour before Teams is back: one digest a plant.
  { plant: 2, from: "13:38", to: "13:48", parameters: ["r81O"] },
  { plant: 4, from: "13:42", to: "13:57", parameters: ["r67N_1"] },
  { plant: 18, from: "15:00", to: "18:10", parameters: ["r59A", "r59B"], silentFrom: "15:12" },
];

/** Seconds after each five minutes at which a relay is read, where the story needs it so. */
export const RELAY_PHASE_S: Readonly<Record<number, number>> = { 1: 140 };

export const FAILURES: readonly InverterFailure[] = [
  { plant: 9, inverters: [2], from: "07:30", to: "20:30" },
  { plant: 3, inverters: [1], from: "08:10", to: "09:40" },
  { plant: 5, inverters: [0, 2], from: "10:20", to: "13:10" },
  { plant: 6, inverters: [1], from: "11:32", to: "11:50" },
  { plant: 13, inverters: [0], from: "13:38", to: "14:40" },
  { plant: 7, inverters: "all", from: "13:50", to: "15:05" },
  { plant: 12, inverters: [1], from: "15:40", to: "16:30" },
  { plant: 10, inverters: [1], from: "16:05", to: "16:25" },
  { plant: 11, inverters: [0], from: "16:05", to: "16:25" },
  { plant: 11, inverters: [0], from: "16:45", to: "17:08" },
];

export const LATE_UPLOADS: readonly LateUpload[] = [{ plant: 10, from: "16:00", to: "16:46", arrives: "16:48" }];

/** Faults of the services; `plant` is a place in the list here, and `partial` names places too. */
export const SERVICE_FAULTS: readonly (Omit<Fault, "plant" | "fault"> & { readonly plant?: number; readonly fault: string })[] = [
  { from: "07:08", to: "07:22", endpoint: "day_inverter", plant: 8, fault: "truncated" },
  { from: "07:38", to: "07:42", endpoint: "day_inverter", fault: "status:429:60" },
  { from: "08:00", to: "08:12", endpoint: "day_relay", plant: 1, fault: "wrongtype" },
  { from: "08:15", to: "08:30", endpoint: "teams", fault: "body-error" },
  { from: "08:30", to: "09:00", endpoint: "plants", fault: "partial:15,16" },
  { from: "09:30", to: "09:45", endpoint: "plants", fault: "notjson" },
  { from: "10:05", to: "10:20", endpoint: "day_inverter", fault: "unauthorized" },
  { from: "10:30", to: "10:50", endpoint: "day_inverter", plant: 14, fault: "empty" },
  ...(["authenticate", "plants", "plant_devices", "day_relay", "day_inverter"] as const).flatMap((endpoint) => [
    { from: "11:30", to: "11:45", endpoint, fault: "reset" },
    { from: "11:45", to: "12:10", endpoint, fault: "status:503" },
  ]),
  { from: "13:35", to: "13:55", endpoint: "teams", fault: "status:429:60" },
  { from: "13:55", to: "15:15", endpoint: "teams", fault: "status:503" },
];

/** Lines for whoever watches, told when the simulated clock gets there. */
export const DEMO_STORY: readonly { readonly at: string; readonly text: string; /** Where several workers share the work. */ readonly inCluster?: string }[] = [
  { at: "05:40", text: "Amanhece: o monitor começa com 24 usinas, 6 delas com relé." },
  { at: "07:08", text: "A API tropeça: respostas cortadas, 429, tipos errados, usinas que somem da lista." },
  { at: "07:30", text: "Um inversor para e não volta mais hoje." },
  { at: "08:15", text: "O Teams responde 200, mas conta no corpo que não entregou." },
  { at: "09:05", text: "Um relé atua (59N e 86): a usina inteira vai a zero, e só o relé é contado." },
  { at: "10:05", text: "A chave da API vence no meio da varredura." },
  { at: "10:20", text: "Dois inversores de uma usina param." },
  { at: "11:01", text: "Um relé atua e normaliza entre duas varreduras." },
  { at: "11:30", text: "A API sai do ar por 40 minutos; um inversor para e volta nesse meio-tempo." },
  { at: "12:20", text: "Um relé atua por frequência …" },
  { at: "12:40", text: "… e o processo é morto no meio do dia, sem aviso. Ele volta do estado em disco.",
    inCluster: "… e o trabalhador que conduz é morto no meio do dia, sem aviso. Nenhum entra no lugar dele: os que ficaram seguem." },
  { at: "13:35", text: "O Teams recusa por excesso (429, Retry-After) e depois cai (503), por 100 minutos. Dois relés atuam e normalizam." },
  { at: "13:50", text: "Todos os inversores de uma usina param." },
  { at: "15:00", text: "Um relé atua e logo deixa de comunicar." },
  { at: "15:15", text: "O Teams volta: o que é antigo chega num resumo por usina." },
  { at: "16:05", text: "Um inversor para duas vezes em uma hora." },
  { at: "16:48", text: "Um datalogger sem rede envia de uma vez 45 minutos de leituras." },
  { at: "17:30", text: "Fecha a janela de geração." },
];
