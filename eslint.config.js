// Lint: the strictest type-checked rules, and the project's own bans (time and chance only through ports; no `as` past a schema).
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

const PORTS = "comes in as a value or through a port (ARCHITECTURE.md)";
const message = (what) => `${what} ${PORTS}`;

/** What makes a run depend on anything but its inputs. */
const timeAndChance = {
  "no-restricted-globals": [
    "error",
    ...["process", "performance", "crypto", "setTimeout", "setInterval", "setImmediate", "queueMicrotask", "fetch"]
      .map((name) => ({ name, message: message(name) })),
  ],
  "no-restricted-properties": [
    "error",
    { object: "Date", property: "now", message: message("Date.now()") },
    { object: "Math", property: "random", message: message("Math.random()") },
    { object: "Temporal", property: "Now", message: message("Temporal.Now") },
    { object: "AbortSignal", property: "timeout", message: message("AbortSignal.timeout()") },
    { object: "globalThis", property: "process", message: message("process") },
  ],
  "no-restricted-syntax": [
    "error",
    { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: message("new Date()") },
    { selector: "CallExpression[callee.name='Date']", message: message("Date()") },
  ],
  "no-restricted-imports": ["error", { patterns: [{ regex: "^node:(?!util/types$)", message: message("what the system offers") }] }],
};

/** A lint comment that switches a rule off says why: `-- reason`. */
const reasons = {
  rules: {
    "require-reason": {
      create(context) {
        return {
          Program() {
            for (const comment of context.sourceCode.getAllComments()) {
              if (/^\s*eslint-disable/.test(comment.value) && !/--\s*\S/.test(comment.value)) {
                context.report({ loc: comment.loc, message: "a switched-off rule needs its reason: -- why" });
              }
            }
          },
        };
      },
    },
  },
};

export default defineConfig(
  { ignores: ["node_modules/", "coverage/", "state/", "logs/", "tmp/", "dist/"] },
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  { plugins: { project: reasons }, rules: { "project/require-reason": "error" } },
  {
    files: ["**/*.ts", "**/*.tsx"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "separate-type-imports" }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/ban-ts-comment": ["error", { minimumDescriptionLength: 10, "ts-expect-error": "allow-with-description" }],
    },
  },
  {
    files: ["src/**/*.ts", "web/src/**/*.ts", "web/src/**/*.tsx"],
    rules: {
      "@typescript-eslint/consistent-type-assertions": ["error", { assertionStyle: "never" }],
      "no-console": "error",
    },
  },
  { files: ["src/domain/**/*.ts", "src/app/**/*.ts"], rules: timeAndChance },
  {
    files: ["test/**/*.ts"],
    // vitest's asymmetric matchers (expect.stringContaining …) are typed `any`.
    rules: { "@typescript-eslint/no-unsafe-assignment": "off" },
  },
  { files: ["**/*.js", "**/*.cjs"], languageOptions: { globals: { process: "readonly", console: "readonly", module: "writable", URL: "readonly" } } },
);
