// Relay parameters in words, by their ANSI/IEEE C37.2 function. What is not known for sure is shown by its name alone.
import { clean } from "./literal-text.ts";

const FUNCTIONS: readonly (readonly [pattern: RegExp, meaning: string, ansi: string])[] = [
  [/^27_0$/i, "subtensão da alimentação auxiliar", "27"],
  [/^27[ABC]$/i, "subtensão", "27"],
  [/^32[ABC](_2)?$/i, "direcional de potência", "32"],
  [/^46Q$/i, "desequilíbrio de corrente", "46"],
  [/^47$/i, "sequência de fase", "47"],
  [/^49(_2)?$/i, "imagem térmica", "49"],
  [/^50N/i, "sobrecorrente de neutro", "50N"],
  [/^51N/i, "sobrecorrente de neutro", "51N"],
  [/^50/i, "sobrecorrente", "50"],
  [/^51/i, "sobrecorrente", "51"],
  [/^59N$/i, "sobretensão de neutro", "59N"],
  [/^59[ABC]$/i, "sobretensão", "59"],
  [/^67N(_[12])?$/i, "sobrecorrente direcional de neutro", "67N"],
  [/^67[ABC](_2)?$/i, "sobrecorrente direcional de fase", "67"],
  [/^78$/i, "salto vetorial", "78"],
  [/^79/i, "religamento", "79"],
  [/^81O$/i, "sobrefrequência", "81O"],
  [/^81U$/i, "subfrequência", "81U"],
  [/^86$/i, "bloqueio", "86"],
];

const OTHERS: Readonly<Record<string, string>> = {
  ba: "supervisão da bobina de abertura", epwd: "senha errada", hlt: "linha viva (hot line tag)",
  rl1: "contato de saída 1", rl2: "contato de saída 2", rl3: "contato de saída 3", rl4: "contato de saída 4", rl5: "contato de saída 5",
};

/** `r59N – sobretensão de neutro (ANSI 59N)`, `r67A – sobrecorrente direcional de fase A (ANSI 67)`, `rDO` */
export function parameterInWords(parameter: string): string {
  const name = clean(parameter, 24, "parâmetro sem nome");
  const key = /^r/i.test(name) ? name.slice(1) : name;
  const known = FUNCTIONS.find(([pattern]) => pattern.test(key));
  if (known === undefined) {
    const meaning = Object.hasOwn(OTHERS, key.toLowerCase()) ? OTHERS[key.toLowerCase()] : undefined;
    return meaning === undefined ? name : `${name} – ${meaning}`;
  }
  const [, meaning, ansi] = known;
  const phase = /^\d\d([ABC])(_2)?$/i.exec(key)?.[1]?.toUpperCase();
  return `${name} – ${meaning}${phaseWords(meaning, phase)} (ANSI ${ansi})`;
}

function phaseWords(meaning: string, phase: string | undefined): string {
  if (phase === undefined) return "";
  return meaning.endsWith("fase") ? ` ${phase}` : `, fase ${phase}`;
}

/** Lockout: nobody may reclose from afar. */
export function isLockout(parameter: string): boolean {
  return /^r86$/i.test(parameter.trim());
}
