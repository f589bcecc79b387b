// The relay parameters that are watched, by ANSI function, and what a record of them says.
import type { RelayClass } from "./rules.ts";

const WATCHED = (
  "r27A r27B r27C r27_0 r32A r32A_2 r32B r32B_2 r32C r32C_2 r46Q r47 r49 r49_2 r59A r59B r59C r59N r67A r67A_2 r67B r67B_2 " +
  "r67C r67C_2 r67N_1 r67N_2 r78 r81O r81U r86 rAR rBA rDO rEPwd rERLS rEl2t rFR rGS rHLT rRL1 rRL2 rRL3 rRL4 rRL5 rRR"
).split(" ");

/** In the order in which they are tried; a watched parameter that none lists belongs to `OUTROS`. */
export const defaultRelayClasses: readonly RelayClass[] = [
  { type: "SOBRETENSÃO", parameters: ["r59A", "r59B", "r59C", "r59N"] },
  { type: "SUBTENSÃO", parameters: ["r27A", "r27B", "r27C", "r27_0"] },
  { type: "FREQUÊNCIA", parameters: ["r81O", "r81U"] },
  { type: "TÉRMICO", parameters: ["r49", "r49_2"] },
  { type: "BLOQUEIO", parameters: ["rAR", "rBA", "rDO"] },
];

const ACTIVE_WORDS: ReadonlySet<string> = new Set(["true", "on", "yes", "sim", "ativo", "active", "alarm", "alarme", "trip", "tripped"]);
const LONGEST_WORD = 16;

function activeWord(value: unknown): string | null {
  return typeof value === "string" && value.length <= LONGEST_WORD ? value.trim().toLowerCase() : null;
}

/** `true`, the number 1, or a text that says so. All else is not active. */
export function isActive(value: unknown): boolean {
  if (typeof value !== "string") return value === true || value === 1;
  const word = activeWord(value);
  return word !== null && (word === "1" || ACTIVE_WORDS.has(word));
}

/** A value that is no statement about a contact: as good as a parameter that is not there. */
function saysNothing(value: unknown): boolean {
  if (typeof value === "string") return value === "" || /^[\s-]*$/.test(value);
  return value === null || value === undefined || typeof value === "object";
}

/** Canonical spelling of each watched parameter, by its lower case. */
const CANONICAL: ReadonlyMap<string, string> = new Map(WATCHED.map((name) => [name.toLowerCase(), name]));
/** Overcurrent and reclosing functions, whatever their suffix (`r50N`, `r51GS`, `r51V`), but no longer number (`r500`). */
const NUMBERED = /^r(?:50|51|79)(?!\d)/;
/** `rACheck` is always true and means nothing; `rele` names the relay. */
const MEANINGLESS: ReadonlySet<string> = new Set(["racheck", "rele"]);
const LONGEST_NAME = 40;

/** What a field is: a watched parameter by its canonical name, another `r…` field, or none of ours. */
type Role = { readonly watched: string } | "unknown" | null;

function roleOf(key: string): Role {
  const lower = key.toLowerCase();
  const canonical = CANONICAL.get(lower);
  if (canonical !== undefined) return { watched: canonical };
  if (NUMBERED.test(lower)) return { watched: `r${key.slice(1, LONGEST_NAME).toUpperCase()}` };
  return /^r./s.test(lower) && !MEANINGLESS.has(lower) ? "unknown" : null;
}

// Every record of a plant has the same 80 keys: what each is, is found out once. Bounded, as keys come from outside.
const roles = new Map<string, Role>();
const MOST_ROLES = 2_000;

function rememberedRole(key: string): Role {
  const known = roles.get(key);
  if (known !== undefined) return known;
  if (roles.size >= MOST_ROLES) roles.clear();
  const role = roleOf(key);
  if (key.length <= LONGEST_NAME) roles.set(key, role);
  return role;
}

export interface RelayParameters {
  /** Canonical names of the watched parameters that are active, each once, in the order of the record. */
  readonly active: string[];
  /** At least one watched parameter says something. */
  readonly hasWatched: boolean;
  /** Names, as they came, of other `r…` fields that are `true` or say so in words; the number 1 may be a measurement (`rcosA`). */
  readonly unknownActive: string[];
}

export function readRelayParameters(content: Readonly<Record<string, unknown>>): RelayParameters {
  const active = new Set<string>();
  const unknownActive: string[] = [];
  let hasWatched = false;
  for (const key of Object.keys(content)) {
    const role = rememberedRole(key);
    if (role === null) continue;
    const value = content[key];
    if (role === "unknown") {
      if (value === true || ACTIVE_WORDS.has(activeWord(value) ?? "")) unknownActive.push(key.slice(0, LONGEST_NAME));
    } else if (!saysNothing(value)) {
      hasWatched = true;
      if (isActive(value)) active.add(role.watched);
    }
  }
  return { active: [...active], hasWatched, unknownActive };
}
