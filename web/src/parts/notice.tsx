// What is said instead of, or above, the data of a view: that it comes, that there is none, that something is wrong.
import type { ComponentChildren } from "preact";

export function Loading({ what }: { readonly what: string }) {
  return <p class="notice notice-quiet" role="status">Buscando {what}…</p>;
}

/** Says what would be here. */
export function Empty({ children }: { readonly children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}

export function Trouble({ children, onAgain }: { readonly children: ComponentChildren; readonly onAgain?: () => void }) {
  return (
    <div class="notice notice-trouble" role="alert">
      <p>{children}</p>
      {onAgain !== undefined && <button type="button" class="button" onClick={onAgain}>Tentar de novo</button>}
    </div>
  );
}

/** Part of the answer could not be given. */
export function Missing({ text }: { readonly text: string | null }) {
  return text === null ? null : <p class="notice notice-warning" role="note">{text}</p>;
}
