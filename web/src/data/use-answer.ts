// A view's own data: asked when the path changes, and again whenever the monitor tells of a change. The last good answer stays while a new one is under way.
import { useEffect, useRef, useState } from "preact/hooks";
import type { z } from "zod";
import { ask, type Answer } from "./ask.ts";
import { revision, stop } from "./live.ts";
import { sayIsSignedOut } from "./session.ts";

export interface Asked<T> {
  readonly value: T | null;
  /** Why there is no newer one. */
  readonly error: string | null;
  readonly again: () => void;
}

/** At most so often, however much changes: a plant's day is not small. */
const REST_MS = 5_000;

export function useAnswer<S extends z.ZodType>(schema: S, path: string): Asked<z.output<S>> {
  const [state, setState] = useState<{ path: string; value: z.output<S> | null; error: string | null }>({ path, value: null, error: null });
  const [turn, setTurn] = useState(0);
  const askedAt = useRef({ path: "", turn: -1, time: 0 });
  const shown = useRef<string | null>(path);
  shown.current = path;
  useEffect(() => () => { shown.current = null; }, []);
  const current = revision.value;
  useEffect(() => {
    const last = askedAt.current;
    const isSame = last.path === path && last.turn === turn;
    // How long ago the page asked is the browser's affair; how old things are never is.
    const wait = isSame ? Math.max(0, last.time + REST_MS - performance.now()) : 0;
    const timer = setTimeout(() => {
      askedAt.current = { path, turn, time: performance.now() };
      void ask(schema, path).then((answer) => {
        if (shown.current === path) setState((before) => next(before, path, answer));
      });
    }, wait);
    return () => { clearTimeout(timer); };
  }, [schema, path, turn, current]);
  const again = (): void => { setTurn((before) => before + 1); };
  return state.path === path ? { value: state.value, error: state.error, again } : { value: null, error: null, again };
}

interface State<T> { readonly path: string; readonly value: T | null; readonly error: string | null }

function next<T>(before: State<T>, path: string, answer: Answer<T>): State<T> {
  if (answer.ok) return { path, value: answer.value, error: null };
  if (answer.why === "signed-out") {
    stop();
    sayIsSignedOut();
  }
  return { path, value: before.path === path ? before.value : null, error: answer.text };
}
