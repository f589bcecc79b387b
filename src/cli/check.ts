// The checklist before a deploy, in the order in which things depend on each other: each line ok, or what to do.
import { randomBytes } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Writable } from "node:stream";
import { createTransport } from "../adapters/http/undici-transport.ts";
import { acquireLock } from "../adapters/system/instance-lock.ts";
import { createSystemClock } from "../adapters/system/system-clock.ts";
import { createPlantApi } from "../adapters/pvoperation/client.ts";
import { STATE_FILE } from "../adapters/file-store/file-store.ts";
import type { Config } from "../config/config.ts";
import { codeOf } from "../config/faults.ts";
import { maskWebhook, redactor, secretsOf } from "../config/secrets.ts";
import { localDate } from "../domain/local-time.ts";
import { isServiceReason, type CallOptions, type Fetched, type PlantApi } from "../ports/plant-api.ts";
import type { Transport } from "../ports/transport.ts";
import { readState } from "../state-codec/read-state.ts";
import { findState } from "./status/find-state.ts";
import { adviceFor, postTestCard } from "./test-card.ts";

/** Exit code where at least one point is not ok. */
export const EXIT_CHECK = 3;

export interface CheckOptions {
  readonly accounts: readonly Config[];
  readonly notes: readonly string[];
  /** Sends a test card too. */
  readonly send: boolean;
  readonly stdout: Writable;
}

/** What came of one point; `todo` says what to do about it. */
type Finding = { readonly ok: true; readonly detail: string } | { readonly ok: false; readonly detail: string; readonly todo: string };
type Say = (point: string, finding: Finding) => boolean;

export async function checkCommand({ accounts, notes, send, stdout }: CheckOptions): Promise<number> {
  const redact = redactor(secretsOf(...accounts));
  const write = (line: string): void => void stdout.write(`${redact(line)}\n`);
  const isOne = accounts.length === 1;
  const lacking: string[] = [];
  for (const [index, config] of accounts.entries()) {
    const { account } = config;
    if (!isOne) write(`${index === 0 ? "" : "\n"}Conta ${account}`);
    await checkAccount(config, index === 0 ? notes : [], send, write, (point) => { lacking.push(isOne ? point : `${point} (${account})`); });
  }
  if (!isOne) write("");
  write(lacking.length === 0 ? "Tudo pronto." : `Falta resolver: ${lacking.join("; ")}.`);
  return lacking.length === 0 ? 0 : EXIT_CHECK;
}

async function checkAccount(config: Config, notes: readonly string[], send: boolean, write: (line: string) => void, lacks: (point: string) => void): Promise<void> {
  const say: Say = (point, finding) => {
    if (!finding.ok) lacks(point);
    write(finding.ok ? `  ok     ${point}: ${finding.detail}` : `  FALTA  ${point}: ${finding.detail}\n         → ${finding.todo}`);
    return finding.ok;
  };
  say("Configuração", { ok: true, detail: settingsSummary(config) });
  for (const note of notes) write(`  aviso  ${note}`);
  const transport = openWithCa(config, say);
  for (const [name, folder] of [["Pasta de estado", config.stateDir], ["Pasta de logs", config.logDir]] as const) await checkFolder(name, folder, say);
  await checkState(config, say);
  checkLock(config, say);
  if (transport === null) return;
  try {
    await checkApi(config, transport, say);
    await checkTeams(config, transport, send, say);
  } finally {
    await transport.close();
  }
}

function settingsSummary({ pvop, zone, teams }: Config): string {
  const webhook = teams.webhookUrl === null ? "sem webhook" : maskWebhook(teams.webhookUrl);
  return `${pvop.baseUrl}, fuso ${zone}, Teams ${teams.enabled ? `${webhook} (${teams.format})` : "desligado: cartões só no log"}`;
}

/** Null where the bundle cannot be used: without it nobody is to be called. */
function openWithCa(config: Config, say: Say): ReturnType<typeof createTransport> | null {
  const { ca } = config;
  try {
    const transport = createTransport(config);
    say("Certificados (CA)", { ok: true, detail: `as do sistema e as do Node${ca === null ? "" : `, e as de ${ca.path}`}` });
    return transport;
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    say("Certificados (CA)", { ok: false, detail, todo: "aponte VERIFY_CA para um arquivo PEM de certificados que o usuário do serviço possa ler" });
    return null;
  }
}

async function checkFolder(name: string, folder: string, say: Say): Promise<void> {
  const probe = join(folder, `.pvmonitor-teste-${randomBytes(4).toString("hex")}`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(probe, "teste de escrita", { flush: true });
    await rm(probe);
    say(name, { ok: true, detail: `${folder} pode ser escrita` });
  } catch (error) {
    say(name, { ok: false, detail: `${folder} não pode ser escrita (${codeOf(error)})`, todo: "dê a pasta ao usuário do serviço (chown) e confira espaço em disco" });
  }
}

async function checkState(config: Config, say: Say): Promise<void> {
  if (config.database !== null) {
    await checkDatabase(config, say);
    return;
  }
  const { stateDir, zone } = config;
  const path = join(stateDir, STATE_FILE);
  try {
    const read = readState(await readFile(path), zone, Date.now());
    if (read.kind === "corrupt") say("Estado", { ok: false, detail: `${path}: ${read.reason}`, todo: "restaure uma cópia; senão o monitor o põe de lado e começa do zero" });
    else say("Estado", { ok: true, detail: read.kind === "predecessor" ? "do monitor anterior: será assumido, cópia em .v1.bak" : counted(read.state.plants.size, "usina conhecida", "usinas conhecidas") });
  } catch (error) {
    const code = codeOf(error);
    say("Estado", code === "ENOENT" ? { ok: true, detail: "ainda não há; começa do zero" } : { ok: false, detail: `${path} não pôde ser lido (${code})`, todo: "dê o arquivo ao usuário do serviço (chown)" });
  }
}

async function checkDatabase(config: Config, say: Say): Promise<void> {
  const { found, place, cluster } = await findState(config, Date.now());
  if (!("wrong" in found)) say("Estado", { ok: true, detail: `${place}: ${counted(found.state.plants.size, "usina conhecida", "usinas conhecidas")}` });
  else if (found.isMissing) say("Estado", { ok: true, detail: `${place}: ainda não há; começa do zero, ou use "pvmonitor import-state"` });
  else say("Estado", { ok: false, detail: found.wrong, todo: "sem o banco o monitor não começa" });
  if (cluster === null) return;
  if ("wrong" in cluster) say("Processos", { ok: false, detail: `a fila de tarefas não pôde ser consultada (${cluster.wrong})`, todo: 'rode "pvmonitor migrate"; se continuar, confira o servidor' });
  else say("Processos", { ok: true, detail: `${cluster.workers.length === 0 ? "nenhum" : String(cluster.workers.length)} no ar` }); // others may work there: this one joins them
}

function checkLock({ stateDir }: Config, say: Say): void {
  const held = acquireLock(stateDir);
  if (held.ok) {
    held.lock.release();
    say("Trava", { ok: true, detail: "livre" });
  } else if (held.reason === "taken") {
    say("Trava", { ok: false, detail: `outra instância rodando (PID ${held.pid === null ? "desconhecido" : String(held.pid)})`, todo: "pare-a antes de iniciar esta; apagar o arquivo não adianta" });
  } else say("Trava", { ok: false, detail: `${held.path} não pôde ser aberta (${held.code})`, todo: "dê a pasta ao usuário do serviço (chown)" });
}

async function checkApi({ pvop, zone, rulesOf }: Config, transport: Transport, say: Say): Promise<void> {
  const clock = createSystemClock();
  const api = createPlantApi({ ...pvop, transport, clock, random: Math.random, telemetry: { tell: () => undefined } });
  const options = { tries: 1, signal: new AbortController().signal };
  const tell = <T>(point: string, fetched: Fetched<T>, detail: (value: T) => string): boolean =>
    say(point, fetched.kind === "complete" ? { ok: true, detail: detail(fetched.value) } : { ok: false, detail: `${fetched.detail} (${fetched.reason})`, todo: ADVICE[fetched.reason] ?? ADVICE_LATER });
  if (!tell("Login na PVOperation", await api.login(options), () => "aceito")) return;
  const plants = await api.plants(options);
  tell("Lista de usinas", plants, (value) => `${counted(value.plants.length, "usina", "usinas")}${value.unusable.count > 0 ? `, ${counted(value.unusable.count, "registro inutilizável", "registros inutilizáveis")}` : ""}`);
  const plant = await firstReadable(api, plants.kind === "complete" ? plants.value.plants : [], options);
  if (plant === undefined) return;
  const date = localDate(clock.now(), zone);
  tell(`Equipamentos da usina ${plant.id}`, await api.plantDevices(plant.id, options), (devices) => counted(devices.length, "equipamento", "equipamentos"));
  const { zone: plantZone } = rulesOf(plant);
  const recordsOf = (value: { readonly records: number; readonly unusable: { readonly count: number } }): string => `${String(value.records)} registros de hoje, ${String(value.unusable.count)} inutilizáveis`;
  tell(`Relés da usina ${plant.id}`, await api.dayRelay(plant.id, date, plantZone, options), recordsOf);
  tell(`Inversores da usina ${plant.id}`, await api.dayInverter(plant.id, date, plantZone, options), recordsOf);
}

const MOST_TRIED = 5;

/** The first plant that the account may read: a list may begin with one of another account, which says nothing about the rest. */
async function firstReadable<P extends { readonly id: string }>(api: PlantApi, plants: readonly P[], options: CallOptions): Promise<P | undefined> {
  for (const plant of plants.slice(0, MOST_TRIED)) {
    const devices = await api.plantDevices(plant.id, options);
    if (devices.kind === "complete" || isServiceReason(devices.reason)) return plant;
  }
  return plants[0];
}

const ADVICE_LATER = "tente de novo em alguns minutos; se continuar, fale com a PVOperation";
const ADVICE: Partial<Record<Extract<Awaited<ReturnType<PlantApi["login"]>>, { kind: "unavailable" }>["reason"], string>> = {
  "login-refused": "confira PVOP_EMAIL e PVOP_PASSWORD (ou PVOP_PASSWORD_FILE)",
  "login-unavailable": "confira rede, proxy (HTTPS_PROXY) e certificados (VERIFY_CA); se estiverem certos, a API está fora: o monitor espera por ela",
  connection: "confira rede, proxy (HTTPS_PROXY) e certificados (VERIFY_CA)",
  timeout: "confira rede e proxy; se só a API demora, o monitor espera por ela",
};

async function checkTeams(config: Config, transport: Transport, send: boolean, say: Say): Promise<void> {
  if (!config.teams.enabled) {
    say("Teams", { ok: true, detail: "desligado (TEAMS_ENABLED=False): cartões só no log" });
    return;
  }
  if (!send) {
    say("Teams", { ok: true, detail: "nada enviado; use --send para um cartão de teste" });
    return;
  }
  const { outcome } = await postTestCard(config, "heartbeat", transport);
  if (outcome.kind === "delivered") say("Teams", { ok: true, detail: "cartão de teste aceito; confira-o no canal (o título começa com TESTE)" });
  else say("Teams", { ok: false, detail: "cartão de teste não entregue", todo: adviceFor(outcome) });
}

function counted(n: number, one: string, many: string): string {
  return `${String(n)} ${n === 1 ? one : many}`;
}
