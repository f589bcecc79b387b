// The plants of the demo: invented, and as odd as the real ones are.

export interface DemoPlant {
  readonly id: number;
  readonly place: number;
  /** As the API lists it. */
  readonly listed: Readonly<Record<string, unknown>>;
  readonly inverters: readonly DemoInverter[];
  /** Its relay's id. */
  readonly relay: number | null;
  readonly style: Style;
}

export interface DemoInverter {
  readonly number: number;
  /** Internal id of the API. */
  readonly id: number;
  readonly serial: string;
  readonly ratedKw: number;
}

/** How the plant's records are written. */
export interface Style {
  readonly identity: "idinversor" | "idefinversor" | "esn" | "Inversor";
  readonly power: "Pac" | "PAC" | "Potencia_Saida" | "Pout";
  /** `"12,34 kW"` instead of a number. */
  readonly powerAsText: boolean;
  /** `conteudojson` is a string that holds JSON. */
  readonly contentAsText: boolean;
  /** A few records come twice, without a device, as null, or with `"-"` for the power. */
  readonly garbage: boolean;
  /** How far the logger's clock is behind, in seconds. */
  readonly behindS: number;
}

const NAMES = [
  "Lajedo Alto", "Vale do Umbu", "Pedra Rachada", "Boa Sombra", "Caatinga Clara", "Riacho Novo", "Olho d'Água Azul", "Serra do Gavião",
  "Sabiá 1", "Sabiá 2", "Poço da Garça", "Chã de Dentro", "Juazeiro Torto", "Lagoas Secas", "Carcará Manso", "Baixa do Sol",
  "Morro do Vento", "Tabuleiro Largo", "Cacto Velho", "Barra Norte", "Lagoa Funda", "Cajueiro Só", "Alto da Brisa", "Sítio Aroeira",
];
const IDENTITIES = ["idinversor", "idefinversor", "esn", "Inversor"] as const;
const POWERS = ["Pac", "Pac", "Potencia_Saida", "PAC", "Pac", "Pout"] as const;
const LATITUDES = [" -8.580558", "-7,971507", "-8.0512", "-1", "-8300973", "-7,96373638109616"];
const LONGITUDES = ["-37.151530", "-35,312711", "-35.3", "-1", "-35,2873135606431", " -36.4021"];
const RATED_KW = [25, 60, 75, 100, 110];

const pick = <T>(list: readonly [T, ...T[]] | readonly T[], i: number, otherwise: T): T => list[i % list.length] ?? otherwise;

function nameOf(place: number): string {
  const round = Math.floor(place / NAMES.length);
  const name = `UFV ${pick(NAMES, place, "Sem Nome")}${round === 0 ? "" : ` ${String(round + 1).padStart(2, "0")}`}`;
  // Names of the real ones hold non-breaking and stray blanks.
  if (place % 7 === 3) return name.replaceAll(" ", "\u00a0");
  return place % 11 === 5 ? `  ${name} ` : name;
}

/** The plant at a place of the list; the same for every seed. */
export function demoPlant(place: number, hasRelay: boolean): DemoPlant {
  const id = 31_001 + place * 7;
  const ratedKw = pick(RATED_KW, place * 3, 60);
  const inverters = Array.from({ length: 3 + ((place * 5) % 6) }, (_, i) => ({
    number: i + 1,
    id: 52_000 + place * 20 + i,
    serial: `9930${String(place).padStart(3, "0")}${String(i * 37 + 11).padStart(6, "0")}`,
    ratedKw,
  }));
  const year = 2018 + (place % 7);
  const installed = new Date(Date.UTC(year, place % 12, 1 + place));
  return {
    id,
    place,
    listed: {
      capacidade: (inverters.length * ratedKw * 1.18).toFixed(2),
      datainstalacao: installed.toUTCString(),
      datainstalacao_new: `${installed.toISOString().slice(0, 10)} 00:00:00`,
      id,
      latitude: pick(LATITUDES, place, "-8.05"),
      longitude: pick(LONGITUDES, place, "-35.3"),
      nome: nameOf(place),
      valortarifa: "0.00",
    },
    inverters,
    relay: hasRelay ? 1_900 + place : null,
    style: {
      identity: pick(IDENTITIES, place, "idinversor"),
      power: pick(POWERS, place, "Pac"),
      powerAsText: place % 6 === 2,
      contentAsText: place % 5 === 2,
      garbage: place % 8 === 6,
      behindS: place === 20 ? 1_800 : 0,
    },
  };
}

/** The answer of `plant_devices` for the plants that name their devices; null: let the world make it from the readings. */
export function demoDevices(plant: DemoPlant): readonly unknown[] | null {
  if (plant.place % 3 === 2) return null;
  const device = (id: number, serial: string, name: string, type: string, status: number, capacity: string | null) => ({
    device_esn: serial, device_id: id, device_name: name, device_status: status, device_type: type, installed_capacity: capacity,
  });
  const inverters = plant.inverters.map(({ id, serial, number, ratedKw }) =>
    device(id, serial, plant.place % 2 === 0 ? `Inversor ${String(number).padStart(2, "0")}` : serial, "INVERTER", 1, String(ratedKw)),
  );
  const relay = plant.relay === null ? [] : [device(plant.relay, `releProtecao_${plant.id}`, "Relé de proteção", "RELE", 1, null)];
  return [{
    plant_devices: [
      ...inverters,
      device(9_000 + plant.place, `medidor_${plant.id}`, "Medidor de fronteira", "METER", 1, null),
      // Cancelled long ago, still listed.
      device(9_500 + plant.place, "000000000000", "Inversor antigo", "INVERTER", 4, "0"),
      ...relay,
    ],
  }];
}
