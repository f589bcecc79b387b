// pvmonitor.yaml: the same settings by the same names, and the sections that do not fit a variable. Unknown keys are faults.
import { parseDocument, type Document } from "yaml";
import type { z } from "zod";
import { exampleOf, inYaml, type SettingFault } from "./faults.ts";
import { sections, type PlantEntry } from "./plant-overrides.ts";
import { printable, quoted } from "./setting-values.ts";
import { settingTable, type Setting } from "./settings.ts";

/** What the top of the file and an account may say alike. */
interface Layer {
  readonly settings: Readonly<Record<string, string | undefined>>;
  readonly plants: readonly PlantEntry[];
  readonly relayClasses: z.output<typeof sections>["classes_rele"];
}

export interface AccountEntry extends Layer {
  /** Empty where it has none that may be: then there is a fault too. */
  readonly id: string;
  /** How its faults begin: `pvmonitor.yaml: contas nº 2 (norte): `. */
  readonly prefix: string;
}

export interface YamlContent extends Layer {
  /** Null: no `contas`, and so the one account that all settings are about. */
  readonly accounts: readonly AccountEntry[] | null;
  readonly faults: readonly SettingFault[];
}

type Mapping = Readonly<Record<string, unknown>>;

const FILE = "pvmonitor.yaml";
const ACCOUNTS = "contas";
const SECTION_EXAMPLES: Readonly<Record<string, string>> = {
  usinas: "usinas: [{ id: 22873, janela: 06:00-17:00 }]",
  classes_rele: "classes_rele: [{ tipo: SOBRETENSÃO, parametros: [59A, 59N] }]",
};
const ACCOUNTS_EXAMPLE = "contas: [{ id: norte, PVOP_EMAIL: operacao@norte.com.br, PVOP_PASSWORD_FILE: /caminho }]";
const EXAMPLE = "veja pvmonitor.example.yaml";

export function readYaml(text: string | null): YamlContent {
  const document = parseDocument(text ?? "", { prettyErrors: false, logLevel: "error" });
  const [syntax] = document.errors;
  if (syntax !== undefined) {
    const line = (text ?? "").slice(0, syntax.pos[0]).split("\n").length;
    return unreadable(`não é YAML válido, perto da linha ${line} (${syntax.code})`);
  }
  const content = contentOf(document);
  if (content === null) return unreadable("precisa de campos, um em cada linha (nome: valor)");
  const { [ACCOUNTS]: accounts, ...rest } = content;
  const top = layerOf(rest, `${FILE}: `, false);
  const read = accountsOf(accounts);
  return { ...top.layer, accounts: read.entries, faults: [...top.faults, ...read.faults] };
}

function unreadable(wrong: string): YamlContent {
  return { settings: {}, plants: [], relayClasses: null, accounts: null, faults: [{ name: FILE, wrong, example: EXAMPLE }] };
}

/** An empty file is an empty mapping; null for all that is none, and for aliases that would blow up. */
function contentOf(document: Document): Mapping | null {
  try {
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    return value === null || value === undefined ? {} : mappingOf(value);
  } catch {
    return null;
  }
}

function mappingOf(value: unknown): Mapping | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : null;
}

/** `prefix`: how its faults begin. */
function layerOf(content: Mapping, prefix: string, isAccount: boolean): { readonly layer: Layer; readonly faults: readonly SettingFault[] } {
  const { settings, faults } = settingsOf(content, prefix, isAccount);
  const parsed = sections.safeParse(content);
  if (parsed.success) return { layer: { settings, plants: parsed.data.usinas ?? [], relayClasses: parsed.data.classes_rele }, faults };
  return { layer: { settings, plants: [], relayClasses: null }, faults: [...faults, ...parsed.error.issues.map((issue) => sectionFault(issue, prefix))] };
}

const KNOWN = new Map<string, Setting>(settingTable.flatMap((setting) =>
  [setting.name, ...(setting.fromFile === true ? [`${setting.name}_FILE`] : [])].map((key): [string, Setting] => [key, setting])));

function settingsOf(content: Mapping, prefix: string, isAccount: boolean): { readonly settings: Layer["settings"]; readonly faults: SettingFault[] } {
  const settings: Record<string, string> = {};
  const faults: SettingFault[] = [];
  for (const [key, value] of Object.entries(content)) {
    if (Object.hasOwn(SECTION_EXAMPLES, key)) continue;
    const setting = KNOWN.get(key);
    const name = `${prefix}${printable(key.slice(0, 80))}`;
    if (setting === undefined) {
      faults.push({ name, wrong: "não é uma configuração do pvmonitor", example: EXAMPLE });
      continue;
    }
    const [text, example] = [textOf(value), inYaml(exampleOf(setting))];
    if (isAccount && setting.ofAccount !== true) faults.push({ name, wrong: "é do monitor inteiro, não de uma conta; fica fora de contas, no topo deste arquivo, no .env ou no ambiente", example });
    else if (text === null) faults.push({ name, wrong: "precisa de um valor simples ou de uma lista deles", example });
    else settings[key] = text;
  }
  return { settings, faults };
}

/** `600`, `true`, `[07:00, 12:00]` as the text that a variable would hold; null where it is none. */
function textOf(value: unknown): string | null {
  if (!Array.isArray(value)) return simpleText(value);
  const parts = value.map(simpleText);
  return parts.includes(null) ? null : parts.join(",");
}
function simpleText(value: unknown): string | null {
  if (value === null) return "";
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : null;
}

/** `usinas[0].janela`, counted from 1 as people do. */
function sectionFault({ path, message }: z.core.$ZodIssue, prefix: string): SettingFault {
  const place = path.map((step) => (typeof step === "number" ? ` nº ${step + 1}` : ` ${String(step)}`)).join("").trim();
  return { name: `${prefix}${place}`, wrong: message, example: SECTION_EXAMPLES[String(path[0])] ?? EXAMPLE };
}

function accountsOf(value: unknown): { readonly entries: readonly AccountEntry[] | null; readonly faults: readonly SettingFault[] } {
  if (value === null || value === undefined) return { entries: null, faults: [] };
  if (!Array.isArray(value) || value.length === 0) return { entries: [], faults: [{ name: `${FILE}: ${ACCOUNTS}`, wrong: "precisa de uma lista (- id: …)", example: ACCOUNTS_EXAMPLE }] };
  const seen = new Map<string, number>();
  const read = value.map((item: unknown, index) => accountOf(item, index + 1, seen));
  return { entries: read.flatMap(({ entry }) => entry ?? []), faults: read.flatMap(({ faults }) => faults) };
}

/** `number`: from 1. `seen`: the ids up to here, and whose each is. */
function accountOf(item: unknown, number: number, seen: Map<string, number>): { readonly entry: AccountEntry | null; readonly faults: readonly SettingFault[] } {
  const content = mappingOf(item);
  const id = idOf(content?.["id"]);
  const name = `${FILE}: ${ACCOUNTS} nº ${number}${id === "" ? "" : ` (${id})`}`;
  if (content === null) return { entry: null, faults: [{ name, wrong: "precisa de campos, um em cada linha (id: norte)", example: ACCOUNTS_EXAMPLE }] };
  const { id: given, ...rest } = content;
  const { layer, faults } = layerOf(rest, `${name}: `, true);
  const wrong = faultOfId(id, given, seen);
  if (wrong === null) seen.set(id.toLowerCase(), number);
  return { entry: { ...layer, id, prefix: `${name}: ` }, faults: [...(wrong === null ? [] : [{ name, wrong, example: ACCOUNTS_EXAMPLE }]), ...faults] };
}

function idOf(given: unknown): string {
  const id = simpleText(given)?.trim() ?? "";
  return /^[A-Za-z0-9_-]{1,40}$/.test(id) ? id : "";
}

/** Ids that differ in case only would be one folder where the file system ignores case. */
function faultOfId(id: string, given: unknown, seen: ReadonlyMap<string, number>): string | null {
  if (given === undefined || given === null) return "precisa de um id, o nome desta conta em comandos e no banco";
  if (id === "") return `o id ${quoted(simpleText(given) ?? "(lista ou campos)")} não serve: só letras sem acento, algarismos, - e _, até 40`;
  const other = seen.get(id.toLowerCase());
  return other === undefined ? null : `o id já é o da conta nº ${other}`;
}
