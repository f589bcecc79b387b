// What `npm run mutation` lets judge the mutants of src/domain: the domain's own tests, nothing slower.
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { include: ["test/domain/**/*.test.ts"], isolate: false, env: { TZ: "Pacific/Auckland" } },
});
