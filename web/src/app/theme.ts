// Light or dark: what the system says, until the reader chooses.
import { effect, signal } from "@preact/signals";

const KEY = "pvmonitor.tema";
const system = matchMedia("(prefers-color-scheme: dark)");

type Theme = "light" | "dark";

function kept(): Theme | null {
  try {
    const value = localStorage.getItem(KEY);
    return value === "light" || value === "dark" ? value : null;
  } catch {
    return null; // storage is forbidden: the choice lasts as long as the page
  }
}

export const theme = signal<Theme>(kept() ?? (system.matches ? "dark" : "light"));

system.addEventListener("change", () => { if (kept() === null) theme.value = system.matches ? "dark" : "light"; });
effect(() => { document.documentElement.dataset["theme"] = theme.value; });

export function toggleTheme(): void {
  theme.value = theme.value === "dark" ? "light" : "dark";
  try {
    localStorage.setItem(KEY, theme.value);
  } catch {
    // as above
  }
}
