// pvmonitor.yaml: the same settings by the same names, and the sections that do not fit a variable. Unknown keys are faults.
import { parseDocument, type Document } from "yaml";
import type { z } from "zod";
import type { SettingFault } from "./faults.ts";
import { sections, type PlantEntry } from "./plant-overrides.ts";
import { printable } from "./setting-values.ts";
import { settingTable, type Setting } from "./settings.ts";

export interface YamlContent {
  readonly settings: Readonly<Record<string, string | undefined>>;
  readonly plants: readonly PlantEntry[];
  readonly relayClasses: z.output<typeof sections>["classes_rele"];
  readonly faults: readonly SettingFault[];
}

const FILE = "pvmonitor.yaml";
const noSections = { plants: [], relayClasses: null };
const SECTION_EXAMPLES: Readonly<Record<string, string>> = {
  usinas: "usinas: [{ id: 22873, janela: 06:00-17:00 }]",
  classes_rele: "classes_rele: [{ tipo: SOBRETENSÃO, parametros: [59A, 59N] }]",
};
const EXAMPLE = "veja pvmonitor.example.yaml";

export function readYaml(text: string | null): YamlContent {
  const document = parseDocument(text ?? "", { prettyErrors: false, logLevel: "error" });
  const [syntax] = document.errors;
  if (syntax !== undefined) {
    const line = (text ?? "").slice(0, syntax.pos[0]).split("\n").length;
    return unreadable(`não é YAML válido, perto da linha ${line} (${syntax.code})`);
  }
  const content = mappingOf(document);
  if (content === null) return unreadable("precisa de campos, um em cada linha (nome: valor)");
  const { settings, faults } = settingsOf(content);
  const parsed = sections.safeParse(content);
  if (!parsed.success) return { settings, ...noSections, faults: [...faults, ...parsed.error.issues.map(sectionFault)] };
  return { settings, plants: parsed.data.usinas ?? [], relayClasses: parsed.data.classes_rele, faults };
}

function unreadable(wrong: string): YamlContent {
  return { settings: {}, ...noSections, faults: [{ name: FILE, wrong, example: EXAMPLE }] };
}

/** An empty file is an empty mapping; null for all that is none, and for aliases that would blow up. */
function mappingOf(document: Document): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    if (value === null || value === undefined) return {};
    return typeof value === "object" && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

function settingsOf(content: Readonly<Record<string, unknown>>): Pick<YamlContent, "settings" | "faults"> {
  const known = new Map<string, Setting>();
  for (const setting of settingTable) {
    known.set(setting.name, setting);
    if (setting.fromFile === true) known.set(`${setting.name}_FILE`, setting);
  }
  const settings: Record<string, string> = {};
  const faults: SettingFault[] = [];
  for (const [key, value] of Object.entries(content)) {
    if (Object.hasOwn(SECTION_EXAMPLES, key)) continue;
    const setting = known.get(key);
    const text = textOf(value);
    if (setting === undefined) faults.push({ name: `${FILE}: ${printable(key.slice(0, 80))}`, wrong: "não é uma configuração do pvmonitor", example: EXAMPLE });
    else if (text === null) faults.push({ name: `${FILE}: ${key}`, wrong: "precisa de um valor simples ou de uma lista deles", example: `${setting.name}: ${setting.example}` });
    else settings[key] = text;
  }
  return { settings, faults };
}

/** `600`, `true`, `[07:00, 12:00]` as the text that a variable would hold; null where it is none. */
function textOf(value: unknown): string | null {
  if (value === null) return "";
  if (Array.isArray(value)) {
    const parts = value.map(textOf);
    return parts.includes(null) ? null : parts.join(",");
  }
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : null;
}

/** `usinas[0].janela`, counted from 1 as people do. */
function sectionFault({ path, message }: z.core.$ZodIssue): SettingFault {
  const place = path.map((step) => (typeof step === "number" ? ` nº ${step + 1}` : ` ${String(step)}`)).join("").trim();
  return { name: `${FILE}: ${place}`, wrong: message, example: SECTION_EXAMPLES[String(path[0])] ?? EXAMPLE };
}
