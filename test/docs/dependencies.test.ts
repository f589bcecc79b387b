// docs/dependencies.md says which packages, in which version, and why: no more, no less than package.json.
import { expect, it } from "vitest";
import { z } from "zod";
import { read, rows } from "./documents.ts";

const versions = z.record(z.string(), z.string());
const { dependencies, devDependencies } = z.object({ dependencies: versions, devDependencies: versions }).parse(JSON.parse(read("package.json")));

it.each([["## At run time", dependencies], ["## Development", devDependencies]] as const)("%s", (heading, expected) => {
  const listed = rows(read("docs/dependencies.md"), heading);
  expect(Object.fromEntries(listed.map(([name = "", version]) => [name.replaceAll("`", ""), version]))).toEqual(expected);
  expect(listed.filter(([, , reason = ""]) => reason.length < 6)).toEqual([]);
});
