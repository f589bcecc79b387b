// What is deployed for Prometheus and Grafana names only metrics that there are, and Prometheus' own tools accept it.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { facts, familiesOf, liveMetrics } from "../adapters/metrics/exposition.ts";
import { hasPromtool, promtool } from "../adapters/metrics/promtool.ts";
import { root } from "./planted-project.ts";

const read = (path: string): string => readFileSync(join(root, path), "utf8");
const families = familiesOf(await liveMetrics().render(facts));

/** Names of metrics in an expression that there are not; what stands in quotes, braces' labels and functions is none. */
function unknownIn(expr: string): string[] {
  const names = [...expr.replaceAll(/"[^"]*"/g, '""').matchAll(/\b(?:pvmonitor|process|nodejs|up)\w*\b/g)].map(([name]) => name);
  return names.filter((name) => name !== "up" && !families.has(name) && !(families.get(name.replace(/_(?:bucket|sum|count)$/, ""))?.type === "histogram"));
}

/** Label matchers of an expression that no series can fulfil. */
function unknownLabels(expr: string): string[] {
  return [...expr.matchAll(/(\w+)\{([^}]*)\}/g)].flatMap(([, metric = "", inner = ""]) => {
    const family = families.get(metric) ?? families.get(metric.replace(/_(?:bucket|sum|count)$/, ""));
    const matchers = [...inner.matchAll(/(\w+)(=~|!~|!=|=)"([^"]*)"/g)].filter(([, label = ""]) => label !== "job" && label !== "instance");
    return matchers.filter(([, label = "", , value = ""]) => {
      const values = family?.labels.get(label);
      return values === undefined || value.split("|").some((word) => !values.has(word));
    }).map(([matcher]) => `${metric} ${matcher}`);
  });
}

const rulesFile = z.object({ groups: z.array(z.object({ name: z.string(), rules: z.array(z.object({
  alert: z.string(), expr: z.string(), for: z.string().optional(), labels: z.object({ severity: z.enum(["critical", "warning"]) }),
  annotations: z.object({ summary: z.string(), description: z.string() }),
})) })) });
const { groups } = rulesFile.parse(parse(read("deploy/prometheus/alerts.yml")));
const alerts = groups.flatMap(({ rules }) => rules);

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "pvmonitor-prometheus-"));
  onTestFinished(() => { rmSync(folder, { recursive: true }); });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

describe("deploy/prometheus/alerts.yml", () => {
  const tests = read("deploy/prometheus/alerts.test.yml");

  it("names metrics, labels and values that there are", () => {
    expect(alerts.length).toBeGreaterThan(10);
    expect(alerts.flatMap(({ expr }) => [...unknownIn(expr), ...unknownLabels(expr)])).toEqual([]);
  });

  it("says what is wrong and what to do, and names sections of the runbook that it has", () => {
    const headings = read("docs/operacao.md");
    for (const { annotations } of alerts) {
      expect(annotations.description.length).toBeGreaterThan(60);
      for (const [, section = ""] of annotations.description.matchAll(/[Ss]eção "([^"]+)"/g)) expect(headings).toMatch(new RegExp(`^## ${section}`, "m"));
    }
  });

  it("has a test of each alert, and passes them", () => {
    expect(alerts.filter(({ alert }) => !tests.includes(alert)).map(({ alert }) => alert)).toEqual([]);
    if (hasPromtool) expect(promtool(["test", "rules", join(root, "deploy/prometheus/alerts.test.yml")])).toMatchObject({ status: 0 });
  });

  it("those tests would miss each of them", () => {
    const folder = folderWith({ "alerts.yml": "groups: []\n", "alerts.test.yml": tests });
    if (!hasPromtool) return;
    const { status, output } = promtool(["test", "rules", join(folder, "alerts.test.yml")]);
    expect(status).toBe(1);
    expect(alerts.filter(({ alert }) => !output.includes(alert)).map(({ alert }) => alert)).toEqual([]);
  });
});

it("deploy/prometheus/scrape.example.yml is a configuration with the names that the alerts count with", () => {
  const config = z.object({ scrape_configs: z.tuple([z.object({ job_name: z.literal("pvmonitor"), metrics_path: z.literal("/metrics") })]) });
  expect(config.safeParse(parse(read("deploy/prometheus/scrape.example.yml"))).error).toBeUndefined();
  const folder = folderWith({ "prometheus.yml": read("deploy/prometheus/scrape.example.yml"), "pvmonitor.alerts.yml": read("deploy/prometheus/alerts.yml"), "pvmonitor.token": "x".repeat(32) });
  if (hasPromtool) expect(promtool(["check", "config", join(folder, "prometheus.yml")])).toMatchObject({ status: 0 });
});

describe("deploy/grafana/pvmonitor.json", () => {
  const panel = z.object({ id: z.number(), type: z.string(), title: z.string(), gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }), targets: z.array(z.object({ expr: z.string() })).optional() });
  const dashboard = z.object({
    uid: z.literal("pvmonitor"), panels: z.array(panel),
    annotations: z.object({ list: z.array(z.object({ expr: z.string() })) }),
    templating: z.object({ list: z.array(z.object({ name: z.string(), definition: z.string().optional() })) }),
  }).parse(JSON.parse(read("deploy/grafana/pvmonitor.json")));
  const expressions = [...dashboard.panels.flatMap(({ targets = [] }) => targets), ...dashboard.annotations.list].map(({ expr }) => expr);
  const plain = expressions.map((expr) => expr.replaceAll("$__rate_interval", "5m").replaceAll("$instance", ".*"));

  it("names metrics, labels and values that there are", () => {
    expect(plain.length).toBeGreaterThan(30);
    expect([...plain, ...dashboard.templating.list.map(({ definition = "" }) => definition)].flatMap(unknownIn)).toEqual([]);
    expect(plain.flatMap(unknownLabels)).toEqual([]);
  });

  it("shows every metric of the monitor", () => {
    const all = plain.join("\n");
    expect([...families.keys()].filter((name) => name.startsWith("pvmonitor_") && !all.includes(name))).toEqual([]);
  });

  it("uses no variable that it does not declare, and no panel lies on another", () => {
    const declared = new Set([...dashboard.templating.list.map(({ name }) => name), "__rate_interval", "__all"]);
    expect([...read("deploy/grafana/pvmonitor.json").matchAll(/\$\{?(\w+)/g)].map(([, name = ""]) => name).filter((name) => !declared.has(name))).toEqual([]);
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) => Array.from({ length: w * h }, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`));
    expect(new Set(cells).size).toBe(cells.length);
    expect(dashboard.panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true);
  });

  it("has expressions that Prometheus understands", () => {
    const rules = stringify({ groups: [{ name: "painel", rules: plain.map((expr, i) => ({ record: `panel:${i}`, expr })) }] });
    const folder = folderWith({ "rules.yml": rules, "broken.yml": rules.replace("sum(", "sum((") });
    if (!hasPromtool) return;
    expect(promtool(["check", "rules", join(folder, "rules.yml")])).toMatchObject({ status: 0 });
    expect(promtool(["check", "rules", join(folder, "broken.yml")]).status).not.toBe(0);
  });
});

it("sees what does not exist", () => {
  expect(unknownIn('sum(rate(pvmonitor_scan_total{kind="process_x"}[5m])) + pvmonitor_plants_bucket')).toEqual(["pvmonitor_scan_total", "pvmonitor_plants_bucket"]);
  expect(unknownLabels('pvmonitor_plants{state="nodata",job="x"} + pvmonitor_api_requests_total{outcome!~"ok|nope"}')).toEqual(['pvmonitor_plants state="nodata"', 'pvmonitor_api_requests_total outcome!~"ok|nope"']);
});
