// A sample card that nobody can take for a real one.
import type { ComposedCard, Messenger } from "../../ports/messenger.ts";
import { SAMPLES, type SampleName } from "./samples.ts";

export type TestCardKind = "relay" | "inverter" | "heartbeat";

const MARK = "TESTE · ";
const SAMPLE: Readonly<Record<TestCardKind, SampleName>> = { relay: "relay-failure", inverter: "inverters-some", heartbeat: "heartbeat-ok" };

export function composeTestCard(messenger: Pick<Messenger, "compose">, kind: TestCardKind): ComposedCard {
  const [card] = messenger.compose(SAMPLES[SAMPLE[kind]], false);
  return marked(card);
}

/** The mark stands in the title and in what a phone shows of it. */
function marked(card: ComposedCard): ComposedCard {
  const marking = (key: string, value: unknown): unknown =>
    typeof value === "string" && (value === card.title || key === "summary" || key === "fallbackText") ? MARK + value : value;
  return { ...card, title: MARK + card.title, body: JSON.stringify(JSON.parse(card.body, marking)) };
}
