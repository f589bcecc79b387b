// The second question before anything is done: says exactly what will happen, and afterwards what did.
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { actionAnswer } from "../../../src/api/schemas.ts";
import { ask } from "../data/ask.ts";
import { refresh, stop } from "../data/live.ts";
import { sayIsSignedOut } from "../data/session.ts";

interface Props {
  readonly title: string;
  readonly children: ComponentChildren;
  /** What the button that does it says: `Silenciar até 18:00`. */
  readonly yes: string;
  readonly path: string;
  readonly body: unknown;
  /** `text`: what happened; null: nothing was done. */
  readonly onEnd: (text: string | null) => void;
}

export function Confirm({ title, children, yes, path, body, onEnd }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [isUnderWay, setUnderWay] = useState(false);
  const [error, setError] = useState<string | null>(null);
  // Before the next frame: a key pressed right after the click that asked must find the dialog open.
  useLayoutEffect(() => { dialog.current?.showModal(); }, []);
  const act = async (): Promise<void> => {
    setUnderWay(true);
    const answer = await ask(actionAnswer, path, body);
    setUnderWay(false);
    if (answer.ok && answer.value.ok) {
      onEnd(answer.value.text);
      void refresh();
    } else if (!answer.ok && answer.why === "signed-out") {
      stop();
      sayIsSignedOut();
    } else {
      setError(answer.ok ? answer.value.text : answer.text);
    }
  };
  const leave = (): void => { onEnd(null); };
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby="confirm-title" onClose={leave}>
      <h2 id="confirm-title">{title}</h2>
      <div class="dialog-text">{children}</div>
      {error !== null && <p class="notice notice-trouble" role="alert">{error}</p>}
      <div class="dialog-buttons">
        <button type="button" class="button" onClick={leave} disabled={isUnderWay}>Voltar</button>
        <button type="button" class="button button-main" onClick={() => void act()} disabled={isUnderWay}>{isUnderWay ? "Enviando…" : yes}</button>
      </div>
    </dialog>
  );
}
