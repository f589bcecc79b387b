// Nothing in the product makes code out of text: read from its syntax, whatever lint comments say. At run time: permission.test.ts.
import { ESLint } from "eslint";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import tseslint from "typescript-eslint";
import { expect, it } from "vitest";

const PROJECT = fileURLToPath(new URL("../..", import.meta.url));
const SHELL = ["exec", "execSync"].map((name) => ({ selector: `CallExpression[callee.name='${name}']`, message: name }));

const lint = new ESLint({
  cwd: PROJECT, overrideConfigFile: true, allowInlineConfig: false,
  overrideConfig: [{
    files: ["**/*.ts", "**/*.js"],
    languageOptions: { parser: tseslint.parser, globals: { setTimeout: "readonly", setInterval: "readonly" } },
    rules: {
      "no-eval": "error", "no-implied-eval": "error", "no-new-func": "error", "no-script-url": "error",
      "no-restricted-imports": ["error", ...["vm", "repl", "inspector", "worker_threads", "wasi"].flatMap((name) => [name, `node:${name}`, `node:${name}/promises`])],
      "no-restricted-syntax": [
        "error", ...SHELL,
        { selector: "ImportExpression[source.type!='Literal']", message: "import()" },
        { selector: "Property[key.name='shell']", message: "shell" },
        { selector: "CallExpression[callee.property.name='constructor']", message: "constructor()" },
        { selector: "CallExpression[callee.property.name=/^(?:_compile|binding|dlopen|runInThisContext|runInNewContext)$/]", message: "code" },
        { selector: "Identifier[name=/^(?:Function|AsyncFunction|WebAssembly)$/]", message: "Function" },
      ],
    },
  }],
});

async function found(files: string | string[]): Promise<string[]> {
  const results = await lint.lintFiles(files);
  return results.flatMap(({ filePath, messages }) => messages.map(({ message, line }) => `${filePath.slice(PROJECT.length)}:${String(line)}: ${message}`));
}

it("the product has one import by a computed name, the launcher's of the program beside it, threads in one place, of one file of its own, and a shell of constant words that ends the demo's PostgreSQL with it", { timeout: 60_000 }, async () => {
  expect((await found(["src/**/*.ts", "bin/*.js"])).sort()).toEqual([
    expect.stringMatching(/^bin\/pvmonitor\.js:\d+: import\(\)$/),
    expect.stringMatching(/^src\/adapters\/history\/thread\.ts:\d+: .*worker_threads/),
    expect.stringMatching(/^src\/adapters\/history\/worker\.ts:\d+: .*worker_threads/),
    expect.stringMatching(/^src\/cli\/demo\/postgres-server\.ts:\d+: shell$/),
    expect.stringMatching(/^src\/cli\/demo\/postgres-server\.ts:\d+: shell$/),
  ]);
});

it.each([
  "eval('1')", "globalThis.eval('1')", "(0, eval)('1')", "new Function('return 1')", "Function('return 1')()", "[].constructor.constructor('return 1')()", "setTimeout('f()', 1)",
  "import { runInThisContext } from 'node:vm'; runInThisContext('1')", "import { Session } from 'node:inspector/promises'; new Session()", "const name = './x.ts'; await import(name)",
  "import { exec } from 'node:child_process'; exec('ls')", "import { spawn } from 'node:child_process'; spawn('ls', { shell: true })", "import { Worker } from 'worker_threads'; new Worker('1')",
  "/* eslint-disable */ eval('1')", "process.dlopen(module, 'x')", "new WebAssembly.Module(bytes)", "location = 'javascript:1'",
])("finds %s", async (code) => {
  const [result] = await lint.lintText(`${code};\n`, { filePath: join(PROJECT, "src/config/planted.ts") });
  expect(result?.messages.length).toBeGreaterThan(0);
});
