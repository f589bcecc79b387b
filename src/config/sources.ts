// Where the text of a setting comes from: environment, then .env, then pvmonitor.yaml; secrets also from files.
import { join } from "node:path";
import { codeOf, exampleOf, type SettingFault } from "./faults.ts";
import { settingTable, type Setting } from "./settings.ts";

type Layer = Readonly<Record<string, string | undefined>>;

export interface Raw {
  readonly values: Readonly<Record<string, string | undefined>>;
  /** Settings somewhere found with an example's text in place of the value. */
  readonly placeholders: ReadonlySet<string>;
  readonly faults: readonly SettingFault[];
}

type Found =
  | { readonly text: string }
  | { readonly wrong: string }
  | { readonly placeholder: boolean };

const PLACEHOLDER = /^(?:<(?:seus?|suas?|your)[ _].*>|cole_aqui.*|changeme|seu_email|sua_senha|sua_webhook_url)$/is;

function meant(text: string | undefined): Found {
  if (text === undefined || text.trim() === "") return { placeholder: false };
  return PLACEHOLDER.test(text.trim()) ? { placeholder: true } : { text };
}

export function readSources(layers: readonly [environment: Layer, dotEnv: Layer, yaml: Layer], readFile: (path: string) => string): Raw {
  const values: Record<string, string | undefined> = {};
  const placeholders = new Set<string>();
  const faults: SettingFault[] = [];
  for (const setting of settingTable) {
    for (const [index, layer] of layers.entries()) {
      const found = find(setting, layer, index === 0, readFile);
      if ("text" in found) values[setting.name] = found.text;
      else if ("wrong" in found) faults.push({ name: setting.name, wrong: found.wrong, example: exampleOf(setting) });
      else if (found.placeholder) placeholders.add(setting.name);
      if ("text" in found || "wrong" in found) break;
    }
  }
  return { values, placeholders, faults };
}

function find(setting: Setting, layer: Layer, isEnvironment: boolean, readFile: (path: string) => string): Found {
  const { name } = setting;
  // curl and its kin read proxies from lower-case names; many hosts set only those.
  const direct = meant(layer[name] ?? (PROXY.test(name.toLowerCase()) ? layer[name.toLowerCase()] : undefined));
  if (setting.fromFile !== true) return direct;
  const path = meant(layer[`${name}_FILE`]);
  if ("text" in direct && "text" in path) return { wrong: `foi definido duas vezes, por ${name} e por ${name}_FILE; deixe só um dos dois` };
  if ("text" in direct) return direct;
  const folder = isEnvironment ? layer["CREDENTIALS_DIRECTORY"] : undefined;
  if ("text" in path) return fromFile(name, path.text, readFile);
  const credential = folder === undefined || folder === "" ? direct : fromCredential(join(folder, name), readFile);
  return "text" in credential || "wrong" in credential ? credential : direct;
}

function fromFile(name: string, path: string, readFile: (path: string) => string): Found {
  try {
    const found = meant(contentOf(readFile(path)));
    return "text" in found ? found : { wrong: `o arquivo de ${name}_FILE está vazio ou só tem o texto de exemplo` };
  } catch (error) {
    return { wrong: `o arquivo de ${name}_FILE não pôde ser lido (${codeOf(error)})` };
  }
}

/** systemd hands over only the credentials that the unit names: one that is not there is none. */
function fromCredential(path: string, readFile: (path: string) => string): Found {
  try {
    return meant(contentOf(readFile(path)));
  } catch (error) {
    return codeOf(error) === "ENOENT" ? { placeholder: false } : { wrong: `a credencial do systemd não pôde ser lida (${codeOf(error)})` };
  }
}

/** Editors end a file with a line break that is no part of the secret. */
function contentOf(text: string): string {
  return text.replace(/^\uFEFF/, "").replace(/[\r\n]+$/, "");
}

const OURS = /^(?:PVOP|TEAMS|RELAY|INVERTER|HEARTBEAT|GENERATION|VERIFY)_/;

const PROXY = /^(?:https?|no)_proxy$/;

/** Names that look like ours and are none: a slip of the pen would otherwise leave a default in force, unseen. */
export function unknownNames(env: Layer, dotEnv: Layer): string[] {
  const known = new Set<string>(settingTable.flatMap(({ name, fromFile }) => (fromFile === true ? [name, `${name}_FILE`] : [name])));
  const seen = new Set([...Object.keys(env).filter((name) => OURS.test(name)), ...Object.keys(dotEnv)]);
  const unknown = [...seen].filter((name) => !known.has(name) && !PROXY.test(name));
  return unknown.map((name) => {
    const near = [...known].find((candidate) => distance(candidate, name.slice(0, 80).toUpperCase()) <= 3);
    return `${name.slice(0, 80)}: não é uma configuração do pvmonitor e foi ignorada${near === undefined ? "" : ` (seria ${near}?)`}`;
  });
}

/** How many letters differ (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
