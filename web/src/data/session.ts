// Who is looking: nobody has to sign in on the monitor's own computer; elsewhere the form comes up when the monitor says so.
import { signal } from "@preact/signals";
import { sessionAnswer } from "../../../src/api/schemas.ts";
import { z } from "zod";
import { ask } from "./ask.ts";

/** `open`: no password is needed; `unknown` until the monitor has said. */
export const session = signal<"unknown" | "open" | "in" | "out">("unknown");

export function sayIsSignedOut(): void {
  session.value = "out";
}

export async function askSession(): Promise<void> {
  const answer = await ask(sessionAnswer, "api/session");
  if (answer.ok) session.value = answer.value.isOpen ? "open" : answer.value.isSignedIn ? "in" : "out";
  else if (answer.why === "signed-out") session.value = "out";
}

/** What was wrong, or null. */
export async function signIn(token: string): Promise<string | null> {
  const answer = await ask(z.unknown(), "api/session", { token });
  if (answer.ok) session.value = "in";
  return answer.ok ? null : answer.text;
}

export async function signOut(): Promise<void> {
  const answer = await ask(z.unknown(), "api/session/end", {});
  if (answer.ok || answer.why === "signed-out") session.value = "out";
}
