// pvmonitor as a process of its own, with nothing of the machine's environment. Whoever starts it ends it.
import { spawn, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { ZONE, type LiveWorld } from "./live-world.ts";

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
export const EMAIL = "operacao@exemplo.invalid";
export const PASSWORD = "senha-que-nao-pode-aparecer";
export const SIGNATURE = "assinatura-que-nao-pode-aparecer-0123456789";

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface MonitorProcess {
  readonly pid: number;
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly hasEnded: () => boolean;
  readonly exit: Promise<Exit>;
  kill(signal: NodeJS.Signals): void;
  /** The first line, of standard output or error, that holds this. Rejects with all that was said where the process ends without. */
  line(sought: string): Promise<string>;
}

export function settingsFor(world: Pick<LiveWorld, "baseUrl" | "webhookUrl">, more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    PVOP_BASE_URL: world.baseUrl, PVOP_EMAIL: EMAIL, PVOP_PASSWORD: PASSWORD, PVOP_TIMEZONE: ZONE,
    TEAMS_WEBHOOK_URL: `${world.webhookUrl}?sig=${SIGNATURE}`, RELAY_INTERVAL: "1", INVERTER_INTERVAL: "1", HEARTBEAT_TIMES: "00:30", ...more,
  };
}

export interface Start {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  /** Absent: this runtime. */
  readonly node?: string;
  /** Of the runtime. */
  readonly flags?: readonly string[];
  /** Absent: src/main.ts. */
  readonly entry?: string;
}

export function spawnMonitor({ folder, env, args = [], node = process.execPath, flags = [], entry = MAIN }: Start): MonitorProcess {
  const child = spawn(node, [...flags, entry, ...args], { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
  const exit = new Promise<Exit>((resolve, reject) => {
    child.once("close", (code, signal) => { resolve({ code, signal }); });
    child.once("error", reject);
  });
  exit.catch(() => undefined); // whoever waits for it learns of it
  const [stdout, stderr] = [collect(child, "stdout"), collect(child, "stderr")];
  const said = (): string => `${stdout.text()}\n${stderr.text()}`;
  return {
    pid: child.pid ?? 0,
    stdout: stdout.text, stderr: stderr.text, exit,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    kill: (signal) => { child.kill(signal); },
    line: (sought) => new Promise((resolve, reject) => {
      const look = (): void => {
        const found = said().split("\n").find((line) => line.includes(sought));
        if (found !== undefined) resolve(found);
      };
      child.stdout.on("data", look);
      child.stderr.on("data", look);
      look();
      exit.then(({ code, signal }) => { reject(new Error(`ended (${String(code ?? signal)}) without "${sought}":\n${said()}`)); }, reject);
    }),
  };
}

function collect(child: ChildProcess, name: "stdout" | "stderr"): { text: () => string } {
  let text = "";
  child[name]?.setEncoding("utf8").on("data", (chunk: string) => { text += chunk; });
  return { text: () => text };
}
