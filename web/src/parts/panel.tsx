// A part of a view with its heading.
import type { ComponentChildren } from "preact";

interface Props {
  readonly id: string;
  readonly title: string;
  /** One line under the heading. */
  readonly about?: ComponentChildren;
  /** At the heading's right. */
  readonly side?: ComponentChildren;
  readonly isWide?: boolean;
  readonly children: ComponentChildren;
}

export function Panel({ id, title, about, side, isWide = false, children }: Props) {
  return (
    <section class={isWide ? "panel panel-wide" : "panel"} aria-labelledby={`${id}-title`}>
      <header class="panel-head">
        <h2 id={`${id}-title`}>{title}</h2>
        {side}
        {about !== undefined && <p class="panel-about">{about}</p>}
      </header>
      {children}
    </section>
  );
}
