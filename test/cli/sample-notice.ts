// The facts of a sample card.
import { SAMPLES, type SampleName } from "../../src/adapters/teams/samples.ts";
import type { Notice } from "../../src/domain/notification.ts";
import type { Message } from "../../src/ports/messenger.ts";

export function sampleNotice(name: SampleName): Notice {
  const message: Message = SAMPLES[name];
  if (message.kind !== "notice") throw new Error(`${name} is no notice`);
  return message.notice;
}
