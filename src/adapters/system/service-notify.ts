// Tells systemd that the service is ready, alive and stopping. Without NOTIFY_SOCKET it does nothing.
import { execFile } from "node:child_process";

export interface ServiceNotifier {
  /** Ready, with a line for `systemctl status`; from here on the watchdog is fed. */
  ready(status: string): void;
  status(text: string): void;
  /** Stopping has begun; the watchdog is fed until `close`. */
  stopping(): void;
  close(): void;
}

export interface NotifyOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Why systemd could not be told; without READY=1 it ends the service after a while. */
  readonly onTrouble: (detail: string) => void;
}

/** With --no-block a message can be lost (its sender may be gone before systemd looks): more are sent than needed. */
const FEEDS_PER_WATCHDOG = 4;

const NOBODY: ServiceNotifier = { ready: () => undefined, status: () => undefined, stopping: () => undefined, close: () => undefined };

export function createServiceNotifier({ env, onTrouble }: NotifyOptions): ServiceNotifier {
  const socket = env["NOTIFY_SOCKET"];
  if (socket === undefined || socket === "") return NOBODY;
  let told = false;
  const notify = (...words: string[]): void => {
    // NotifyAccess=all lets a child speak for us.
    execFile("systemd-notify", words, { env: { ...env }, timeout: 10_000 }, (error) => {
      if (error !== null && !told) onTrouble(`systemd-notify falhou (${String(error.code ?? error.signal ?? "?")}); confira NotifyAccess=all na unidade`);
      told ||= error !== null;
    });
  };
  const watchdogUs = Number(env["WATCHDOG_USEC"]);
  let feeding: NodeJS.Timeout | undefined;
  return {
    ready(text) {
      // Waits until systemd took it: a child that is gone by then is nobody to it, and a lost READY=1 ends the service.
      notify("READY=1", `STATUS=${plain(text)}`);
      if (watchdogUs > 0) feeding ??= setInterval(() => { notify("--no-block", "WATCHDOG=1"); }, watchdogUs / 1_000 / FEEDS_PER_WATCHDOG);
    },
    status: (text) => { notify("--no-block", `STATUS=${plain(text)}`); },
    stopping: () => { notify("--no-block", "STOPPING=1"); },
    close: () => { clearInterval(feeding); },
  };
}

/** The protocol is lines. */
function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").slice(0, 300);
}
