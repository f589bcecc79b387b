// What is wrong with a setting, told so that an operator can put it right.
import type { Setting } from "./settings.ts";

export interface SettingFault {
  /** Name of the setting, or place in pvmonitor.yaml. */
  readonly name: string;
  readonly wrong: string;
  /** A line that would be right. */
  readonly example: string;
}

/** One fault as one line for the operator. */
export function faultLine({ name, wrong, example }: SettingFault): string {
  return `${name}: ${wrong}. Exemplo: ${example}`;
}

export function exampleOf({ name, example }: Pick<Setting, "name" | "example">): string {
  return `${name}=${example}`;
}

/** `NAME=value` as pvmonitor.yaml has it. */
export function inYaml(example: string): string {
  return example.replace("=", ": ");
}

/** The system's word for a failed read (`ENOENT`, `EACCES`). */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "erro de leitura";
}
