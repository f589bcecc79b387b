// The table of settings as operators read it: for docs/configuracao.md and for .env.example.
import { settingTable } from "./settings.ts";

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}

/** Markdown table of all settings. */
export function settingsTable(): string {
  const rows = settingTable.map(({ name, standard, absent, about, example, fromFile, ofAccount }) => {
    const value = standard === null ? (absent ?? "–") : `\`${standard}\``;
    const alsoFile = fromFile === true ? ` Também por \`${name}_FILE\` ou credencial do systemd.` : "";
    return `| \`${name}\` | ${cell(value)} | ${ofAccount === true ? "sim" : ""} | ${cell(about + alsoFile)} | \`${cell(example)}\` |`;
  });
  return ["| nome | padrão | por conta | o que é | exemplo |", "| --- | --- | --- | --- | --- |", ...rows, ""].join("\n");
}

const HEAD = `# Configurações do pvmonitor: copie para .env e preencha. Variáveis de ambiente valem mais que este arquivo.
# Valor com # ou com espaço nas pontas: entre aspas. Segredos também podem vir de um arquivo: NOME_FILE=/caminho.
# Linhas comentadas mostram o valor padrão (ou um exemplo). Não versione o .env: ele guarda segredos.
# Gerado da tabela de src/config/settings.ts; não edite à mão.
`;

/** Content of .env.example: what is required stands ready to be filled in, the rest as comments. */
export function envExample(): string {
  const blocks = settingTable.map(({ name, standard, absent, about, example, secret }) => {
    const must = absent?.startsWith("obrigatório") === true;
    const line = must ? `${name}=COLE_AQUI` : `# ${name}=${standard ?? example}`;
    return `# ${about.replaceAll("`", "")}${must && secret !== true ? ` Exemplo: ${example}` : ""}\n${line}\n`;
  });
  return [HEAD, ...blocks].join("\n");
}
