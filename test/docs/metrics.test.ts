// docs/metricas.md lists what /metrics has: every name, type, label and label value, in the same words; alerts and panels name nothing else.
import { describe, expect, it } from "vitest";
import { facts, familiesOf, liveMetrics } from "../adapters/metrics/exposition.ts";
import { read, rows } from "./documents.ts";

const page = read("docs/metricas.md");
const families = familiesOf(await liveMetrics().render(facts));
const ours = [...families].filter(([name]) => name.startsWith("pvmonitor_"));
const code = (words: Iterable<string>): string => [...words].map((word) => `\`${word}\``).join(", ") || "–";

describe("docs/metricas.md", () => {
  it("lists every metric of the monitor, with its type, labels and help", () => {
    const expected = ours.map(([name, { type, labels, help }]) => [`\`${name}\``, type, code(labels.keys()), help]);
    expect(rows(page, "## Do monitor")).toEqual(expected);
  });

  it("lists every value that a label can have", () => {
    const known = (metric: string, label: string): boolean => label !== "version" && label !== "node" && !(metric === "pvmonitor_relay_alerts" && label === "type");
    const values = ours.flatMap(([name, { labels }]) => [...labels].filter(([label]) => known(name, label)).map(([label, set]): [string, string] => [`${name} ${label}`, [...set].sort().join(" ")]));
    const listed = rows(page, "## Valores dos rótulos").flatMap(([label = "", metrics = "", words = ""]) => {
      const set = [...words.matchAll(/`([^`]+)`/g)].map(([, word]) => word).sort().join(" ");
      return [...metrics.matchAll(/`([^`]+)`/g)].map(([, metric = ""]): [string, string] => [`${metric} ${label.replaceAll("`", "")}`, set]);
    });
    expect(Object.fromEntries(listed)).toEqual(Object.fromEntries(values));
  });

  it("lists what the process tells of itself", () => {
    const listed = rows(page, "## Do processo").map(([name = "", type, , about = ""]) => [name, type, about.length > 6]);
    const expected = [...families].filter(([name]) => !name.startsWith("pvmonitor_")).map(([name, { type }]) => [`\`${name}\``, type, true]);
    // Linux tells more of a process than others do.
    if (process.platform === "linux") expect(listed).toEqual(expected);
    else expect(listed).toEqual(expect.arrayContaining(expected));
  });
});
