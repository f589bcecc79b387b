// Happenings become log lines: on the console, and in rele.log and inversor.log. Nothing here may stop the monitor.
import { join } from "node:path";
import type { Writable } from "node:stream";
import { pino } from "pino";
import { isoLocal, isoWithOffset, type EpochMs } from "../../domain/local-time.ts";
import type { Telemetry } from "../../ports/telemetry.ts";
import { createDailyFile } from "./daily-file.ts";
import { happeningLine, type Level, type Line } from "./happening-text.ts";
import { oneLine } from "./phrases.ts";

export interface LogOptions {
  /** IANA zone of the times of the lines and of the midnight at which files are rotated. */
  readonly zone: string;
  readonly level: Level;
  readonly format: "text" | "json";
  /** Null: no files, console only. */
  readonly folder: string | null;
  readonly console: Writable;
  readonly now: () => EpochMs;
  /** Takes the secrets out of a text. */
  readonly redact: (text: string) => string;
}

export interface Log extends Telemetry {
  /** A line that no happening stands for: notes on settings, the reason of a fatal end. */
  say(level: Level, text: string): void;
  /** Closes the files; the console keeps what it still has to write. */
  close(): void;
}

const FILES_KEPT = 7;
const CONSOLE_BACKLOG = 4 * 1024 * 1024;
const LEVELS: readonly Level[] = ["debug", "info", "warn", "error"];
const PYTHON_LEVELS: Readonly<Record<Level, string>> = { debug: "DEBUG", info: "INFO", warn: "WARNING", error: "ERROR" };

export function createTelemetry({ zone, level, format, folder, console, now, redact }: LogOptions): Log {
  // A reader that went away (EPIPE) costs its lines, not the monitor.
  let listening = true;
  console.on("error", () => { listening = false; });
  const onConsole = (text: string): void => {
    if (listening && console.writableLength < CONSOLE_BACKLOG) console.write(`${text}\n`);
  };

  const fileOf = (name: Line["logger"]): ReturnType<typeof createDailyFile> | null => {
    if (folder === null) return null;
    const path = join(folder, name, `${name}.log`);
    return createDailyFile({ path, zone, now, keep: FILES_KEPT, onTrouble: (code) => { onConsole(rendered(troubleLine(path, code))); } });
  };
  const files: Readonly<Record<Line["logger"], ReturnType<typeof createDailyFile> | null>> = { rele: fileOf("rele"), inversor: fileOf("inversor") };

  let json = "";
  const logger = pino(
    {
      level: "debug", base: null,
      timestamp: () => `,"time":"${isoWithOffset(now(), zone)}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line: string) => { json = line.trimEnd(); } },
  );

  const rendered = (line: Line, kind?: string): string => {
    const text = oneLine(redact(line.text));
    if (format === "text") return `${stamp(now(), zone)} - pvmonitor.${line.logger} - ${PYTHON_LEVELS[line.level]} - ${text}`;
    logger[line.level]({ logger: `pvmonitor.${line.logger}`, ...(kind === undefined ? {} : { kind }) }, text);
    return json;
  };

  const write = (line: Line, kind?: string): void => {
    if (LEVELS.indexOf(line.level) < LEVELS.indexOf(level)) return;
    const text = rendered(line, kind);
    onConsole(text);
    files[line.logger]?.write(text);
  };

  return {
    tell: (happening) => {
      const line = happeningLine(happening, zone);
      if (line !== null) write(line, happening.kind);
    },
    say: (sayLevel, text) => { write({ level: sayLevel, logger: "rele", text }); },
    close: () => {
      files.rele?.close();
      files.inversor?.close();
    },
  };
}

/** `2025-12-01 10:15:00,123`, as Python's logging writes it. */
function stamp(at: EpochMs, zone: string): string {
  const ms = ((Math.trunc(at) % 1_000) + 1_000) % 1_000;
  return `${isoLocal(at, zone).replace("T", " ")},${String(ms).padStart(3, "0")}`;
}

function troubleLine(path: string, code: string | null): Line {
  return code === null
    ? { level: "warn", logger: "rele", text: `[LOG] ${path} voltou a ser escrito; as linhas de antes ficaram só no console` }
    : { level: "error", logger: "rele", text: `[LOG] ${path} não pode ser escrito (${code}): verifique espaço e permissão. O monitor segue, com log só no console; nova tentativa em 10 s` };
}
