// The monitor's parts, with every question to the API and every save seen by who watches the promises.
import type { MonitorParts } from "../../src/app/supervisor.ts";
import type { PlantApi } from "../../src/ports/plant-api.ts";
import type { HttpRequest, HttpResult } from "../../src/ports/transport.ts";
import { WORLD_WEBHOOK_URL } from "../../src/simulator/world-transport.ts";
import type { Promises } from "./promises.ts";

/** Of the answers that the simulated Teams gives, those that are about this very card. */
const REFUSES = [400, 413];

/** The last answer of each call, as it came over the wire. */
export interface Answers {
  note(request: HttpRequest, result: HttpResult): void;
  /** Forgets what an earlier call of the same kind said. */
  forget(endpoint: string, body: object): void;
  /** The list of an answer; null where it holds none. */
  list(endpoint: string, body: object): readonly unknown[] | null;
}

export function rememberAnswers(): Answers {
  const last = new Map<string, HttpResult>();
  /** By their version: what who knows it is not sent again. */
  const versions = new Map<string, HttpResult>();
  const key = (endpoint: string, body: object): string => `${endpoint} ${JSON.stringify(body)}`;
  return {
    note({ url, body, headers }, result) {
      const version = result.kind === "answer" ? result.headers["etag"] : undefined;
      if (version !== undefined && result.kind === "answer" && result.status === 200) versions.set(version, result);
      const isKnown = result.kind === "answer" && result.status === 304;
      last.set(`${url.slice(url.lastIndexOf("/") + 1)} ${body ?? ""}`, isKnown ? versions.get(headers["if-none-match"] ?? "") ?? result : result);
    },
    forget(endpoint, body) {
      last.delete(key(endpoint, body));
    },
    list(endpoint, body) {
      const result = last.get(key(endpoint, body));
      if (result?.kind !== "answer" || result.status !== 200) return null;
      try {
        const json: unknown = JSON.parse(new TextDecoder().decode(result.body));
        return Array.isArray(json) ? json : null;
      } catch {
        return null; // cut, or no JSON at all
      }
    },
  };
}

/** What came back over the wire: of the API for who asked, of Teams for the promises. */
export function hear(request: HttpRequest, result: HttpResult, promises: Promises, answers: Answers): void {
  if (request.url !== WORLD_WEBHOOK_URL) answers.note(request, result);
  else if (result.kind !== "answer") promises.unanswered(request.body ?? "");
  else if (REFUSES.includes(result.status)) promises.refused(request.body ?? "");
}

export function watchParts(parts: MonitorParts, promises: Promises, answers: Answers, now: () => number): MonitorParts {
  const { api, openState } = parts;
  async function day<T>(kind: "relay" | "inverter", ask: () => Promise<T>, plant: string, date: string): Promise<T> {
    const body = { id: Number(plant), date };
    answers.forget(`day_${kind}`, body);
    promises.asked(plant, kind, date, now());
    const fetched = await ask();
    promises.answered(plant, kind, answers.list(`day_${kind}`, body), now());
    return fetched;
  }
  const watchedApi: PlantApi = {
    login: (options) => api.login(options),
    plants: (options) => api.plants(options),
    async plantDevices(plant, options) {
      const body = { id: Number(plant) };
      answers.forget("plant_devices", body);
      const fetched = await api.plantDevices(plant, options);
      promises.devicesListed(plant, deviceTypes(answers.list("plant_devices", body) ?? []), now());
      return fetched;
    },
    dayRelay: (plant, date, zone, options) => day("relay", () => api.dayRelay(plant, date, zone, options), plant, date),
    dayInverter: (plant, date, zone, options) => day("inverter", () => api.dayInverter(plant, date, zone, options), plant, date),
  };
  return {
    ...parts,
    api: watchedApi,
    async openState(at) {
      const opened = await openState(at);
      const { open } = opened;
      return {
        ...opened,
        open: {
          get state() { return open.state; },
          get sendable() { return open.sendable; },
          get isSaved() { return open.isSaved; },
          apply: (change) => { open.apply(change); },
          async save() {
            promises.saving(open.state, now());
            const saved = await open.save();
            promises.saved(saved.ok, now());
            return saved;
          },
        },
      };
    },
  };
}

interface ListedDevices { readonly plant_devices?: readonly { readonly device_type?: unknown }[] }

function deviceTypes(lists: readonly unknown[]): string[] {
  return lists.flatMap((list) => (list as ListedDevices).plant_devices ?? []).map((device) => String(device.device_type));
}
