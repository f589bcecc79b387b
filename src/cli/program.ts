// The command line: names, arguments and help of each command; what they do is in their own files.
import { Command, CommanderError, Help, InvalidArgumentError, Option } from "commander";
import { runtimeFacts } from "../adapters/system/runtime.ts";
import { EXIT_SETTINGS, readAccount, readAccounts, readSettings } from "./settings.ts";

/** Runs one command line; resolves to the exit code of the process. */
export async function runProgram(args: readonly string[]): Promise<number> {
  let code = 0;
  const finish = (exit: number): void => {
    code = exit;
  };
  try {
    await createProgram(finish).parseAsync(args, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0;
    process.stderr.write(`pvmonitor: ${usageFault(error)}; veja "pvmonitor --help".\n`);
    return EXIT_SETTINGS;
  }
  return code;
}

/** The account that a command is about, as it was asked for. */
interface Which {
  readonly conta?: string;
}

function accountOption(without = "com várias, é preciso"): Option {
  return new Option("--conta <id>", `a conta, das que pvmonitor.yaml lista em contas (${without})`);
}

// Commands are loaded when they are called: `run` starts without the simulator, `simulate` without the HTTP client.
function createProgram(finish: (code: number) => void): Command {
  const program = new Command("pvmonitor")
    .description("Monitor de relés e inversores de usinas fotovoltaicas: consulta a PVOperation e avisa o Microsoft Teams.")
    .version(runtimeFacts().version, "-V, --version", "mostra a versão")
    .helpCommand("help [comando]", "mostra a ajuda de um comando")
    .showSuggestionAfterError(false);
  const { stdout, stderr } = process;

  program.command("run", { isDefault: true })
    .description("roda o monitor até receber SIGINT ou SIGTERM (padrão quando nenhum comando é dado)")
    .addHelpText("after", "\nCódigos de saída: 0 encerrado em ordem; 1 outra instância rodando, trava perdida, ou trava ou estado sem permissão; 2 configuração errada; 70 defeito interno.")
    .action(async () => {
      finish(await (await import("./run.ts")).runCommand());
    });

  program.command("check")
    .description("confere tudo o que o monitor precisa antes de um deploy; código 0 se tudo está pronto, 3 se falta algo")
    .option("--send", "envia também um cartão de teste ao Teams")
    .addOption(accountOption("sem isto: todas"))
    .action(async ({ send, conta }: { send?: true } & Which) => {
      const settings = readAccounts(stderr, conta);
      finish(settings === null ? EXIT_SETTINGS : await (await import("./check.ts")).checkCommand({ ...settings, send: send ?? false, stdout }));
    });

  program.command("status")
    .description("mostra, a partir do estado gravado, o que está em falha, o que espera envio e as últimas varreduras; pode ser usado com o monitor rodando")
    .option("--json", "saída para máquinas")
    .addOption(accountOption("sem isto: todas, uma depois da outra"))
    .action(async ({ json, conta }: { json?: true } & Which) => {
      const settings = readAccounts(stderr, conta);
      finish(settings === null ? EXIT_SETTINGS : await (await import("./status.ts")).showStatus({ accounts: settings.accounts, stdout, json: json ?? false }));
    });

  program.command("test-card")
    .description("envia um cartão de teste ao Teams; código 0 se foi aceito, 3 se não")
    .addOption(new Option("--kind <tipo>", "tipo do cartão").choices(["relay", "inverter", "heartbeat"]).makeOptionMandatory())
    .addOption(accountOption())
    .action(async ({ kind, conta }: { kind: "relay" | "inverter" | "heartbeat" } & Which) => {
      const config = readAccount(stderr, conta);
      const transport = config === null ? null : (await import("./open-transport.ts")).openTransport(config, stderr);
      if (config === null || transport === null) {
        finish(EXIT_SETTINGS);
        return;
      }
      finish(await (await import("./test-card.ts")).testCard({ config, kind, stdout, transport }).finally(() => transport.close()));
    });

  addDatabase(program, finish);
  addMutes(program, finish);
  addReport(program, finish);
  addSimulated(program, finish);
  for (const command of [program, ...program.commands]) inPortuguese(command);
  return program;
}

function addDatabase(program: Command, finish: (code: number) => void): void {
  const { stdout, stderr } = process;

  program.command("migrate")
    .description("prepara o banco PostgreSQL de DATABASE_URL, ou o traz para esta versão; pode ser repetido")
    .action(async () => {
      const settings = readSettings(stderr);
      finish(settings === null ? EXIT_SETTINGS : await (await import("./migrate.ts")).migrateCommand({ config: settings.config, stdout, stderr }));
    });

  program.command("import-state")
    .description("põe no banco de DATABASE_URL o estado de um monitor_state.json, também o do monitor anterior")
    .argument("<arquivo>", "o arquivo de estado")
    .option("--replace", "troca o estado que o banco já tem")
    .addOption(accountOption())
    .action(async (file: string, { replace, conta }: { replace?: true } & Which) => {
      const config = readAccount(stderr, conta);
      finish(config === null ? EXIT_SETTINGS : await (await import("./move-state.ts")).importState({ config, stdout, stderr, file, replace: replace ?? false }));
    });

  program.command("export-state")
    .description("escreve o estado do banco de DATABASE_URL na forma de um monitor_state.json; pode ser usado com o monitor rodando")
    .option("--out <arquivo>", "grava aqui (sem isto: na saída padrão)")
    .addOption(accountOption())
    .action(async ({ out, conta }: { out?: string } & Which) => {
      const config = readAccount(stderr, conta);
      finish(config === null ? EXIT_SETTINGS : await (await import("./move-state.ts")).exportState({ config, stdout, stderr, out: out ?? null }));
    });
}

function addMutes(program: Command, finish: (code: number) => void): void {
  const { stdout, stderr } = process;
  type Given = Readonly<Record<"device" | "until" | "for", string | undefined>> & Which & { readonly reason: string };

  program.command("mute")
    .description("silencia uma usina, ou um aparelho dela, até uma hora: os eventos ficam no log e não vão ao Teams; o fim diz o que está em falha")
    .argument("<usina>", "id, nome, ou parte do nome que só ela tenha")
    .option("--device <id>", "só este aparelho, pelo id ou nome")
    .option("--until <data>", 'até quando, no fuso da usina: "2025-12-01 18:00", ou 18:00 de hoje; no máximo 90 dias')
    .option("--for <duração>", "por quanto tempo: 30min, 4h, 2d")
    .addOption(new Option("--reason <motivo>", "por quê, em 3 a 300 caracteres").makeOptionMandatory())
    .addOption(accountOption())
    .action(async (plant: string, given: Given) => {
      const config = readAccount(stderr, given.conta);
      const { muteCommand } = await import("./mute.ts");
      const asked = { plant, device: given.device ?? null, until: given.until ?? null, length: given.for ?? null, reason: given.reason };
      finish(config === null ? EXIT_SETTINGS : await muteCommand({ config, stdout, stderr, ...asked }));
    });

  program.command("unmute")
    .description("encerra um silêncio antes da hora; o que está em falha é dito num cartão")
    .argument("<silêncio>", "o número dele, ou a usina: então todos os dela")
    .addOption(accountOption())
    .action(async (target: string, { conta }: Which) => {
      const config = readAccount(stderr, conta);
      finish(config === null ? EXIT_SETTINGS : await (await import("./mute.ts")).unmuteCommand({ config, stdout, stderr, target }));
    });

  program.command("mutes")
    .description("mostra, a partir do estado gravado, o que está em silêncio, até quando, por quem e por quê")
    .option("--json", "saída para máquinas")
    .addOption(accountOption())
    .action(async ({ json, conta }: { json?: true } & Which) => {
      const config = readAccount(stderr, conta);
      finish(config === null ? EXIT_SETTINGS : await (await import("./mute.ts")).showMutes({ config, stdout, json: json ?? false }));
    });
}

function addReport(program: Command, finish: (code: number) => void): void {
  program.command("report")
    .description("faz o relatório de uma semana (planilha e tabela); código 0 se deu certo, 2 se a semana não existe, 3 se não pôde ser feito ou enviado")
    .option("--week <semana>", "ano e semana ISO, como 2025-W48 (sem isto: a última que terminou)")
    .option("--from-api", "reconstrói as ocorrências pelas leituras da PVOperation e as une às do histórico")
    .option("--out <arquivo>", "grava a planilha aqui (sem isto: STATE_DIR/relatorios)")
    .option("--send", "envia também o cartão ao Teams e, se configurado, o e-mail")
    .addOption(accountOption())
    .action(async ({ week, fromApi, out, send, conta }: { week?: string; fromApi?: true; out?: string; send?: true } & Which) => {
      const { stdout, stderr } = process;
      const config = readAccount(stderr, conta);
      const transport = config === null ? null : (await import("./open-transport.ts")).openTransport(config, stderr);
      if (config === null || transport === null) {
        finish(EXIT_SETTINGS);
        return;
      }
      const { reportCommand } = await import("./report.ts");
      const options = { config, week: week ?? null, fromApi: fromApi ?? false, out: out ?? null, send: send ?? false, stdout, stderr, transport };
      finish(await reportCommand(options).finally(() => transport.close()));
    });
}

function addSimulated(program: Command, finish: (code: number) => void): void {
  const { stdout, stderr } = process;

  program.command("demo")
    .description("conta um dia em cerca de um minuto: PVOperation e Teams simulados, o monitor de verdade entre eles")
    .option("--cluster", "três trabalhadores num PostgreSQL, dos quais um é morto, em vez de um monitor só")
    .option("--keep", "continua no ar ao fim do dia, até Ctrl+C")
    .action(async ({ cluster, keep }: { cluster?: true; keep?: true }) => {
      finish(await (await import("./demo.ts")).runDemo({ stdout, stderr, keep: keep ?? false, cluster: cluster ?? false }));
    });

  program.command("simulator")
    .description("inicia só a PVOperation e o Teams simulados, em 127.0.0.1, para testar um monitor ou outro cliente")
    .option("--port <porta>", "porta TCP (0: uma livre)", integer, 8700)
    .option("--scenario <arquivo>", "serve os dados deste cenário em vez dos da demonstração")
    .option("--seed <número>", "semente dos dados da demonstração", integer, 1)
    .option("--latency <ms>", "demora de cada resposta, em milissegundos", integer, 300)
    .action(async ({ port, scenario, seed, latency }: { port: number; scenario?: string; seed: number; latency: number }) => {
      const stop = new AbortController();
      for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => { stop.abort(); });
      const options = { stdout, host: "127.0.0.1", port, seed, latencyMs: latency, stop: stop.signal, ...(scenario === undefined ? {} : { scenarioFile: scenario }) };
      finish(await (await import("./simulator.ts")).runSimulator(options));
    });

  program.command("simulate")
    .description("roda o monitor sobre um cenário, com relógio virtual, e escreve os eventos (NDJSON) na saída padrão")
    .argument("<arquivo>", "cenário em JSON")
    .option("--state <arquivo>", "grava aqui o estado final")
    .option("--quiet", "sem o log na saída de erros")
    .action(async (file: string, { state, quiet }: { state?: string; quiet?: true }) => {
      finish(await (await import("./simulate.ts")).simulateCommand({ file, stateOut: state ?? null, quiet: quiet ?? false, stdout, stderr }));
    });
}

function integer(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("precisa ser um número inteiro");
  return Number(text);
}

const TITLES: Readonly<Record<string, string>> = {
  "Usage:": "Uso:", "Arguments:": "Argumentos:", "Options:": "Opções:", "Commands:": "Comandos:", "Global Options:": "Opções gerais:",
};

function inPortuguese(command: Command): void {
  command.helpOption("-h, --help", "mostra esta ajuda");
  command.exitOverride();
  command.configureOutput({ outputError: () => undefined });
  const help = new Help();
  const translated = (text: string): string => text.replace("[options]", "[opções]").replace("[command]", "[comando]");
  command.configureHelp({
    commandUsage: (shown) => translated(help.commandUsage(shown)),
    subcommandTerm: (shown) => translated(help.subcommandTerm(shown)),
    styleTitle: (title) => TITLES[title] ?? title,
    optionDescription: ({ description, defaultValue, argChoices }) => {
      const more = [
        ...(argChoices === undefined ? [] : [`opções: ${argChoices.join(", ")}`]),
        ...(defaultValue === undefined ? [] : [`padrão: ${String(defaultValue)}`]),
      ];
      return more.length === 0 ? description : `${description} (${more.join("; ")})`;
    },
  });
}

/** What is wrong with the command line, without commander's English. */
function usageFault({ code, message }: CommanderError): string {
  const named = /'([^']*)'/.exec(message)?.[1] ?? "";
  switch (code) {
    case "commander.unknownCommand": return `comando desconhecido: ${named}`;
    case "commander.unknownOption": return `opção desconhecida: ${named}`;
    case "commander.missingArgument": return `falta o argumento <${named}>`;
    case "commander.missingMandatoryOptionValue": return `falta a opção ${named}`;
    case "commander.optionMissingArgument": return `falta o valor da opção ${named}`;
    case "commander.excessArguments": return "argumentos demais ou comando desconhecido";
    case "commander.invalidArgument": return `valor inválido para ${named}`;
    default: return "linha de comando inválida";
  }
}
