// What a card tells of one device: the events of one incident, put together as a story with a beginning and perhaps an end.
import type { EpochMs } from "../../domain/local-time.ts";
import type { DeviceEvent, Incident } from "../../domain/notification.ts";
import type { DeviceKind } from "../../domain/plant.ts";
import { clean } from "./literal-text.ts";
import { isLockout, parameterInWords } from "./relay-parameters.ts";
import { duration, firstOf, type Times } from "./words.ts";

export interface Story {
  readonly subject: DeviceKind;
  readonly device: string;
  readonly type: string | null;
  /** As the newest event has it. */
  readonly incident: Incident;
  readonly failed: boolean;
  readonly ended: boolean;
  readonly end: EpochMs | null;
  readonly events: number;
}

/** Stories in order of their beginnings, those down longest first. */
export function storiesOf(events: readonly DeviceEvent[]): Story[] {
  const groups = Map.groupBy(events, ({ subject, device, type, incident }) => JSON.stringify([subject, device, type, incident.id]));
  const stories = [...groups.values()].flatMap((group): Story[] => {
    const newest = group.at(-1);
    if (newest === undefined) return [];
    const ending = group.find(({ kind }) => kind === "normal");
    const { subject, device, type } = newest;
    const end = ending === undefined ? null : (ending.incident.end ?? ending.reading);
    const parameters = [...new Set(group.flatMap(({ incident }) => incident.parameters))];
    const incident = { ...newest.incident, parameters };
    return [{ subject, device, type, incident, failed: group.some(({ kind }) => kind === "failure"), ended: ending !== undefined, end, events: group.length }];
  });
  return stories.toSorted((a, b) => a.incident.first - b.incident.first);
}

export function typeText(type: string): string {
  return clean(type, 40, "OUTROS");
}

/** `SOBRETENSÃO e TÉRMICO`; what is in no class is told by its parameters: `OUTROS (r86)`. */
export function typesText(stories: readonly Story[]): string[] {
  const types = [...new Set(stories.flatMap(({ type }) => (type === null ? [] : [type])))];
  return firstOf(types, 3).map((type) => {
    if (type !== "OUTROS") return typeText(type);
    const parameters = new Set(stories.flatMap((story) => (story.type === type ? story.incident.parameters : [])));
    return parameters.size === 0 ? type : `${type} (${firstOf([...parameters].map((name) => clean(name, 12)), 3).join(", ")})`;
  });
}

const MOST_PARAMETERS = 8;

export function parameterLines({ incident }: Story): string[] {
  return parametersInWords(incident.parameters);
}

export function parametersInWords(parameters: readonly string[]): string[] {
  const known = parameters.slice(0, MOST_PARAMETERS).map(parameterInWords);
  const more = parameters.length - MOST_PARAMETERS;
  return more > 0 ? [...known, `e mais ${more} parâmetros`] : known;
}

export function hasLockout(stories: readonly Story[]): boolean {
  return stories.some(({ incident }) => incident.parameters.some(isLockout));
}

export function incidentText({ incident }: Story): string {
  return `incidente ${clean(incident.id, 24, "sem número")}`;
}

/** `3ª vez em 1 h`, or nothing for the first time. */
export function againText({ incident }: Story): string {
  return incident.nth > 1 ? `${incident.nth}ª vez em 1 h` : "";
}

/** `10:05–10:40 (35 min)` */
export function pastText({ incident, end }: Story, times: Times): string {
  return end === null ? times.moment(incident.first) : `${times.range(incident.first, end)} (${duration(end - incident.first)})`;
}
