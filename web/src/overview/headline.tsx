// The line of truth.
import type { Overview } from "../../../src/api/schemas.ts";
import { When } from "../parts/when.tsx";
import { Mark, type MarkName } from "../parts/status.tsx";

const MARKS: Readonly<Record<Overview["headline"]["status"], MarkName>> = { well: "normal", attention: "relay", blind: "blind" };

export function Headline({ seen }: { readonly seen: Overview }) {
  const { status, text, since } = seen.headline;
  return (
    <div class={`headline headline-${status}`}>
      <Mark name={MARKS[status]} />
      <div>
        <h1 aria-live="polite">{text}</h1>
        {since !== null && <p class="headline-since">{status === "well" ? "assim " : "a mais antiga "}<When at={since} now={seen.at} zone={seen.zone} /></p>}
      </div>
    </div>
  );
}
