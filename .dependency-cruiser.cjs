// Which part of the code may import which (ARCHITECTURE.md). test/architecture plants violations and sees them caught.
"use strict";

/** `from` may import itself and `to`, nothing else. */
function only(name, from, to, comment) {
  return { name, severity: "error", comment, from: { path: from }, to: { pathNot: to } };
}

/** Of the project's own code `folder` may import `others`; packages and the system are free. */
function within(name, folder, others, comment) {
  return { name, severity: "error", comment, from: { path: `^src/${folder}/` }, to: { path: "^src/", pathNot: `^src/(${others})/` } };
}

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    only("domain-is-pure", "^src/domain/", "^src/domain/", "the rules of the trade know only themselves: no system, no package"),
    only("api-is-schemas", "^src/api/", "^src/api/|^node_modules/zod/", "the page and its server share these, and nothing else"),
    only("ports-are-types", "^src/ports/", "^src/(ports|domain|api)/", "a port speaks in words of the domain"),
    only("app-does-no-io", "^src/app/", "^src/(app|ports|domain|api)/|^node_modules/(p-queue|croner)/",
      "use cases reach the outside through ports; of packages only those without input and output"),
    only("state-codec-is-pure", "^src/state-codec/", "^src/(state-codec|domain)/|^node_modules/zod/|^timers/promises$|^node:timers/promises$", "what a state looks like where it is kept: every store shares it"),
    only("history-core-does-no-io", "^src/history-core/", "^src/(history-core|ports|domain)/|^node_modules/zod/|^timers/promises$|^node:timers/promises$", "what every history shares, wherever it is kept"),
    within("config-is-early", "config", "config|domain", "settings are read before anything else exists"),
    within("simulator-stands-outside", "simulator", "simulator|ports|domain", "the simulator is another world: the command line wires it"),
    {
      name: "adapters-are-islands", severity: "error", comment: "an adapter never imports another, nor what uses it",
      from: { path: "^src/adapters/([^/]+)/" },
      to: { path: "^src/", pathNot: "^src/(adapters/$1|ports|domain|config|api|state-codec|history-core)/" },
    },
    {
      name: "only-the-composition-root-names-adapters", severity: "error", comment: "only the command line and the files at the top of src choose adapters",
      from: { path: "^src/", pathNot: "^src/(adapters|cli)/|^src/[^/]+\\.ts$" },
      to: { path: "^src/adapters/" },
    },
    only("page-knows-the-api-only", "^web/src/", "^web/src/|^src/api/|^node_modules/", "the page reads JSON; the monitor's code would not run in a browser"),
    {
      name: "product-stands-alone", severity: "error", comment: "what is shipped needs no test, benchmark or development package",
      from: { path: "^src/" },
      to: { path: "^(test|bench|docs|proof|web)/" },
    },
    {
      name: "product-needs-no-dev-package", severity: "error", comment: "installed with --omit=dev, it would be missing",
      from: { path: "^(src|bin)/" },
      to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"], dependencyTypesNot: ["type-only"] },
    },
    {
      name: "model-is-independent", severity: "error", comment: "a model that shared code with the rules would share their mistakes",
      from: { path: "^proof/model/" }, to: { pathNot: "^proof/model/" },
    },
    { name: "no-cycles", severity: "error", comment: "two modules that need each other are one", from: {}, to: { circular: true } },
    {
      name: "no-orphans", severity: "error", comment: "a module that nobody imports, and that imports nobody",
      from: { orphan: true, pathNot: "\\.d\\.ts$|^src/main\\.ts$|^test/|^bench/|^proof/" }, to: {},
    },
    { name: "resolves", severity: "error", comment: "an import that leads nowhere", from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default", "types"] },
  },
};
