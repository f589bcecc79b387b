// Writes docs/configuracao.md from the table of settings: `node docs/write-settings.ts`.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { settingsTable } from "../src/config/settings-docs.ts";

const HEAD = `# Configuração

Gerado da tabela de \`src/config/settings.ts\` por \`node docs/write-settings.ts\`. Não edite à mão.

O monitor lê, nesta ordem: variáveis de ambiente, \`.env\` e \`pvmonitor.yaml\` da pasta em que roda. O primeiro que tiver um valor
vale. Um valor vazio ou com texto de exemplo (\`<SEU_…>\`, \`COLE_AQUI\`, \`changeme\`) conta como ausente.

Tudo o que está errado é dito de uma vez, com um exemplo do que seria certo. O processo termina então com o código 2, antes de
tocar em rede, estado ou trava. \`pvmonitor check\` confere o resto.

Segredos também podem vir de um arquivo: \`PVOP_PASSWORD_FILE=/caminho\` no lugar de \`PVOP_PASSWORD\`, ou \`LoadCredential=\` do
systemd. Os dois ao mesmo tempo (o valor e o arquivo) são um erro. Segredos não aparecem em log nem em mensagem; um webhook é
mostrado só com o servidor e os 4 últimos caracteres.

*Por conta*: com [várias contas](#contas-várias-contas-da-pvoperation), cada uma pode ter o seu valor. As demais são do monitor inteiro.

## Configurações

`;

const TAIL = `
## \`pvmonitor.yaml\`

Opcional. Qualquer configuração acima também pode ficar nele, pelo mesmo nome. Modelo: [pvmonitor.example.yaml](../pvmonitor.example.yaml).

### \`usinas\`: exceções por usina

Uma lista. Cada item vale para um \`id\`, ou para as usinas cujo \`nome\` casa com o padrão (\`*\` qualquer texto, \`?\` um caractere;
maiúsculas não importam). Casando vários, o de baixo vence campo a campo, e \`id\` vence \`nome\`.

| campo | o que é | exemplo |
| --- | --- | --- |
| \`id\` | Id da usina na PVOperation. | \`101\` |
| \`nome\` | Nome ou padrão de nome. | \`"UFV Litoral *"\` |
| \`janela\` | Janela de geração destas usinas. | \`05:30-17:00\` |
| \`fuso\` | Fuso horário (IANA) do relógio destas usinas. | \`America/Recife\` |
| \`leituras_falha\` | Leituras zeradas seguidas que fazem uma falha. | \`4\` |
| \`leituras_normalizacao\` | Leituras com potência seguidas que fazem uma normalização. | \`4\` |
| \`zero_kw\` | Potência (kW) até a qual o inversor conta como parado. | \`0.05\` |
| \`ignorar_parametros\` | Parâmetros de relé que nunca contam como ativos (contato ligado ao contrário). | \`[rRL1]\` |
| \`silenciar\` | Registra e escreve no log, mas não envia ao Teams. | \`true\` |

### \`classes_rele\`: tipos dos alertas de relé

Uma lista de \`tipo\` e \`parametros\`, na ordem em que são tentados. Ela substitui a lista padrão, que é a do modelo. Um parâmetro vigiado
que nenhuma classe lista é OUTROS.

### \`contas\`: várias contas da PVOperation

Uma lista, só com \`DATABASE_URL\`. Sem ela há uma conta, de id \`principal\`, com tudo o que está acima. Como se usa:
[Várias contas](operacao.md#várias-contas).

| campo | o que é | exemplo |
| --- | --- | --- |
| \`id\` | Nome da conta em comandos (\`--conta\`), mensagens e no banco: letras sem acento, algarismos, \`-\` e \`_\`, até 40; um para cada conta. Não mude depois: o estado é do id. | \`norte\` |
| as configurações *por conta*, pelos mesmos nomes, também com \`_FILE\` | Valem para esta conta, mais que o ambiente e o \`.env\`. O que ela não diz vem de lá, ou do topo do arquivo. | \`PVOP_EMAIL: operacao@norte.com.br\` |
| \`usinas\` | Exceções desta conta, abaixo das do topo do arquivo. | \`[{ id: 101, zero_kw: 0.05 }]\` |
| \`classes_rele\` | Tipos dos alertas desta conta, em vez dos do topo do arquivo. | \`[{ tipo: SOBRETENSÃO, parametros: [59N] }]\` |
`;

export function settingsPage(): string {
  return HEAD + settingsTable() + TAIL;
}

if (import.meta.main) writeFileSync(join(import.meta.dirname, "configuracao.md"), settingsPage());
