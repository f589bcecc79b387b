// Where the reader is: `#/usina/12?dia=2025-11-30`. The hash works behind any path a proxy gives the page.
import { computed, signal } from "@preact/signals";

const hash = signal(location.hash);
addEventListener("hashchange", () => { hash.value = location.hash; });

export type Route =
  | { readonly view: "overview" | "wall" | "incidents" | "monitor" | "nowhere"; readonly query: URLSearchParams }
  | { readonly view: "plant"; readonly id: string; readonly query: URLSearchParams };

export const route = computed<Route>(() => parseRoute(hash.value));

function parseRoute(text: string): Route {
  const [path = "", search = ""] = text.replace(/^#/, "").split("?", 2);
  const query = new URLSearchParams(search);
  const id = /^\/usina\/([^/]+)$/.exec(path)?.[1];
  if (id !== undefined) return { view: "plant", id: decoded(id), query };
  switch (path) {
    case "": case "/": return { view: "overview", query };
    case "/mural": return { view: "wall", query };
    case "/ocorrencias": return { view: "incidents", query };
    case "/monitor": return { view: "monitor", query };
    default: return { view: "nowhere", query };
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function plantHref(id: string, day?: string): string {
  return `#/usina/${encodeURIComponent(id)}${day === undefined ? "" : `?dia=${day}`}`;
}

/** Changes the query of where the reader is, without a step to go back over. */
export function setQuery(changes: Readonly<Record<string, string>>): void {
  const [path = ""] = hash.value.split("?", 1);
  const query = new URLSearchParams(route.value.query);
  for (const [key, value] of Object.entries(changes)) {
    if (value === "") query.delete(key);
    else query.set(key, value);
  }
  const search = query.size === 0 ? "" : `?${query.toString()}`;
  history.replaceState(null, "", `${path === "" ? "#/" : path}${search}`);
  hash.value = location.hash;
}
