// What does not fit a variable: the sections `usinas` and `classes_rele` of pvmonitor.yaml, and the rules of each plant out of them.
import { z } from "zod";
import { defaultRelayClasses, readRelayParameters } from "../domain/relay-parameters.ts";
import type { PlantRules, RelayClass, RulesOf } from "../domain/rules.ts";
import { quoted, readBoolean, readInteger, readKw, readWindow, readZone, textual } from "./setting-values.ts";

/** YAML gives `22873`, `0.5` and `true` as what they are: one way to read them all. */
const scalar = z.union([z.string(), z.number(), z.boolean()], "precisa de um valor simples").transform(String);

const parameter = scalar.transform((name, context): string => {
  const trimmed = name.trim();
  const canonical = canonicalParameter(trimmed) ?? canonicalParameter(`r${trimmed}`);
  if (canonical !== undefined) return canonical;
  context.addIssue({ code: "custom", message: `${quoted(name)} não é um parâmetro de relé vigiado` });
  return z.NEVER;
});
/** The name by which the detector would know it. */
function canonicalParameter(name: string): string | undefined {
  return readRelayParameters({ [name]: true }).active[0];
}

const parameters = z.array(parameter, "precisa de uma lista, como [rRL1, rRL2]");

const typeName = z.string("precisa do nome da classe")
  .transform((type) => type.trim().normalize("NFC"))
  .refine((type) => /^[^\p{C}:]{1,40}$/u.test(type), "precisa de 1 a 40 caracteres, sem dois-pontos");

const plantEntry = z.strictObject({
  id: scalar.pipe(textual((id) => (/^[\w-]{1,64}$/.test(id.trim()) ? { value: id.trim() } : { wrong: `${quoted(id)} não é o id de uma usina` }))).optional(),
  nome: z.string("precisa de um texto").min(1, "está vazio").optional(),
  janela: scalar.pipe(textual(readWindow)).optional(),
  fuso: scalar.pipe(textual(readZone)).optional(),
  leituras_falha: scalar.pipe(textual(readInteger(1, 100))).optional(),
  leituras_normalizacao: scalar.pipe(textual(readInteger(1, 100))).optional(),
  zero_kw: scalar.pipe(textual(readKw)).optional(),
  ignorar_parametros: parameters.optional(),
  silenciar: scalar.pipe(textual(readBoolean)).optional(),
}, { error: unknownKeys }).refine((entry) => (entry.id === undefined) !== (entry.nome === undefined), "precisa de id ou de nome, um dos dois");

const classEntry = z.strictObject({
  tipo: typeName,
  parametros: parameters.min(1, "precisa de ao menos um parâmetro"),
}, { error: unknownKeys });

function unknownKeys(issue: z.core.$ZodRawIssue<z.core.$ZodIssueInvalidType | z.core.$ZodIssueUnrecognizedKeys>): string {
  if (issue.code !== "unrecognized_keys") return "precisa de campos, um em cada linha (nome: valor)";
  return `${issue.keys.map(quoted).join(", ")} não existe aqui`;
}

export const sections = z.object({
  usinas: z.array(plantEntry, "precisa de uma lista (- id: … ou - nome: …)").nullish(),
  classes_rele: z.array(classEntry, "precisa de uma lista (- tipo: …)").min(1, "está vazia").superRefine(eachOnce).nullish(),
});

export type PlantEntry = z.output<typeof plantEntry>;
type ClassEntry = z.output<typeof classEntry>;

/** A type or parameter in two classes: the second could never be, and whoever wrote it expects otherwise. */
function eachOnce(classes: readonly ClassEntry[], context: z.RefinementCtx): void {
  const seen = new Set<string>();
  classes.forEach(({ tipo, parametros }, index) => {
    for (const name of [tipo, ...parametros]) {
      if (seen.has(name)) context.addIssue({ code: "custom", path: [index], message: `${quoted(name)} aparece mais de uma vez` });
      seen.add(name);
    }
  });
}

export function relayClassesOf(entries: readonly ClassEntry[] | null | undefined): readonly RelayClass[] {
  return entries?.map(({ tipo, parametros }) => ({ type: tipo, parameters: parametros })) ?? defaultRelayClasses;
}

/** `*` is any text, `?` any one character; letter case, outer and doubled blanks do not count. */
function globMatcher(glob: string): (name: string) => boolean {
  const pattern = tidy(glob);
  return (name) => matchesGlob(pattern, tidy(name));
}
function tidy(name: string): string[] {
  return Array.from(name.normalize("NFC").toLowerCase().replace(/\s+/g, " ").trim());
}

/** No regular expression: of one with ten stars, a name of 60 letters took minutes. Only the last star is ever tried again. */
function matchesGlob(glob: readonly string[], name: readonly string[]): boolean {
  let [inGlob, inName, star, afterStar] = [0, 0, -1, 0];
  while (inName < name.length) {
    const sign = glob[inGlob];
    if (sign === "*") {
      star = inGlob;
      afterStar = inName;
      inGlob += 1;
    } else if (sign === "?" || sign === name[inName]) {
      inGlob += 1;
      inName += 1;
    } else if (star === -1) {
      return false;
    } else {
      afterStar += 1;
      inGlob = star + 1;
      inName = afterStar;
    }
  }
  return glob.slice(inGlob).every((sign) => sign === "*");
}

/** Of several entries that match, the later wins field by field; entries by id beat those by name. */
export function createRulesOf(standard: PlantRules, entries: readonly PlantEntry[]): RulesOf {
  const byName = entries.flatMap((entry) => (entry.nome === undefined ? [] : [{ entry, matches: globMatcher(entry.nome) }]));
  const known = new Map<string, { readonly name: string; readonly rules: PlantRules }>();
  return ({ id, name }) => {
    const remembered = known.get(id);
    if (remembered?.name === name) return remembered.rules;
    const matching = [...byName.filter(({ matches }) => matches(name)).map(({ entry }) => entry), ...entries.filter((entry) => entry.id === id)];
    const rules = matching.length === 0 ? standard : Object.freeze(matching.reduce(override, standard));
    known.set(id, { name, rules });
    return rules;
  };
}

function override(rules: PlantRules, entry: PlantEntry): PlantRules {
  return {
    zone: entry.fuso ?? rules.zone,
    window: entry.janela ?? rules.window,
    failureReadings: entry.leituras_falha ?? rules.failureReadings,
    recoveryReadings: entry.leituras_normalizacao ?? rules.recoveryReadings,
    zeroKw: entry.zero_kw ?? rules.zeroKw,
    ignoredParameters: entry.ignorar_parametros === undefined ? rules.ignoredParameters : new Set(entry.ignorar_parametros),
    relayClasses: rules.relayClasses,
    muted: entry.silenciar ?? rules.muted,
  };
}
