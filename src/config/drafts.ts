// The accounts as they were written: what each says itself over what all share. Nothing is judged yet.
import { readSources, type Raw } from "./sources.ts";
import type { YamlContent } from "./yaml-file.ts";

/** The account where there is no `contas`; with `contas`, the one that goes on with what that one left. */
export const PRINCIPAL = "principal";

export interface Draft extends Pick<YamlContent, "plants" | "relayClasses"> {
  readonly id: string;
  /** How its faults begin; null: the only account, whose settings are everyone's. */
  readonly prefix: string | null;
  /** Its own values, and the shared ones where it has none. */
  readonly raw: Raw;
  /** Of its own alone: empty where it is the only account. */
  readonly ownFaults: Raw["faults"];
  /** Whether what is wrong with this setting is to be put right in this account. */
  readonly decides: (name: string) => boolean;
  /** What it says itself; of the only account nothing, as all is said for everyone. */
  readonly own: Pick<YamlContent, "plants" | "relayClasses"> & { readonly values: Raw["values"] };
}

export function draftsOf(shared: Raw, { accounts, plants, relayClasses }: Pick<YamlContent, "accounts" | "plants" | "relayClasses">, readFile: (path: string) => string): readonly Draft[] {
  if (accounts === null) {
    const own = { values: {}, plants: [], relayClasses: null };
    return [{ id: PRINCIPAL, prefix: null, raw: shared, ownFaults: [], decides: () => true, plants, relayClasses, own }];
  }
  return accounts.map((entry) => {
    const { values, faults, placeholders } = readSources([{}, {}, entry.settings], readFile);
    const raw = { values: { ...shared.values, ...values }, faults: [...shared.faults, ...faults], placeholders: new Set([...shared.placeholders, ...placeholders]) };
    return {
      id: entry.id, prefix: entry.prefix, raw, ownFaults: faults,
      decides: (name: string) => values[name] !== undefined || raw.values[name] === undefined,
      // The later entry wins field by field: its own come last.
      plants: [...plants, ...entry.plants],
      relayClasses: entry.relayClasses ?? relayClasses,
      own: { values, plants: entry.plants, relayClasses: entry.relayClasses },
    };
  });
}
