// The overview, kept as fresh as the monitor allows: told by server-sent events, else asked again and again. When the monitor does not answer, `lostSince` says so.
import { signal } from "@preact/signals";
import { overview as schema } from "../../../src/api/schemas.ts";
import type { Overview } from "../../../src/api/schemas.ts";
import { ask } from "./ask.ts";
import { sayIsSignedOut, session } from "./session.ts";

/** How often without being told: with events only so that "há 12 min" stays true. */
const TOLD_MS = 30_000;
const UNTOLD_MS = 10_000;
const REOPEN_MS = 30_000;

export const overview = signal<Overview | null>(null);
/** Counts up whenever something may have changed: the other views ask again. */
export const revision = signal(0);
/** Whether the monitor tells of changes by itself. */
export const isTold = signal(false);
/** Not null while there is no contact: the monitor's time of its last answer, null inside if there never was one. */
export const lost = signal<{ readonly since: number | null; readonly text: string } | null>(null);

let isAsking = false;
let isDue = false;
let timer = 0;
let stream: EventSource | null = null;
let isStarted = false;

/** Asks now; while an answer is under way, once more after it. */
export async function refresh(): Promise<void> {
  if (isAsking) {
    isDue = true;
    return;
  }
  isAsking = true;
  clearTimeout(timer);
  const answer = await ask(schema, "api/overview");
  isAsking = false;
  if (answer.ok) {
    overview.value = answer.value;
    revision.value += 1;
    lost.value = null;
  } else if (answer.why === "signed-out") {
    stop();
    sayIsSignedOut();
    return;
  } else {
    lost.value = { since: overview.value?.at ?? null, text: answer.text };
  }
  if (!isStarted) return;
  if (isDue) {
    isDue = false;
    void refresh();
  } else {
    timer = window.setTimeout(() => void refresh(), isTold.value ? TOLD_MS : UNTOLD_MS);
  }
}

function listen(): void {
  const opened = new EventSource("api/stream");
  stream = opened;
  opened.addEventListener("open", () => {
    isTold.value = true;
    void refresh();
  });
  opened.addEventListener("changed", () => void refresh());
  opened.addEventListener("error", () => {
    isTold.value = false;
    void refresh();
    // The browser tries again by itself, unless it was refused.
    if (opened.readyState === EventSource.CLOSED) window.setTimeout(() => { if (isStarted && stream === opened) listen(); }, REOPEN_MS);
  });
}

export function start(): void {
  if (isStarted) return;
  isStarted = true;
  void refresh().then(() => {
    if (session.value === "out" || !isStarted) return;
    listen();
  });
  document.addEventListener("visibilitychange", onVisible);
}

export function stop(): void {
  isStarted = false;
  clearTimeout(timer);
  stream?.close();
  stream = null;
  isTold.value = false;
  document.removeEventListener("visibilitychange", onVisible);
}

function onVisible(): void {
  if (document.visibilityState === "visible") void refresh();
}
