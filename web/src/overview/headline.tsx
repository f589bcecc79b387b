// The line of truth.
import type { Overview } from "../../../src/api/schemas.ts";
import { When } from "../parts/when.tsx";
import { Mark, type MarkName } from "../parts/status.tsx";

const SINCE: Readonly<Record<Overview["headline"]["status"], string>> = { well: "assim ", attention: "a mais antiga ", blind: "" };

/** The mark of the worst that there is. */
export function headMark({ headline: { status }, counts }: Overview): MarkName {
  if (status !== "attention") return status === "well" ? "normal" : "blind";
  return counts.relay > 0 ? "relay" : counts.inverters > 0 ? "inverters" : "no-data";
}

export function Headline({ seen }: { readonly seen: Overview }) {
  const { status, text, since } = seen.headline;
  return (
    <div class={`headline headline-${status}`}>
      <Mark name={headMark(seen)} />
      <div>
        <h1 aria-live="polite">{text}</h1>
        {since !== null && <p class="headline-since">{SINCE[status]}<When at={since} now={seen.at} zone={seen.zone} /></p>}
      </div>
    </div>
  );
}
