// Builds the page after an installation. Without the development packages there is nothing to build with, and the monitor runs without its page.
import { fileURLToPath } from "node:url";

try {
  const { build } = await import("vite");
  await build({ root: fileURLToPath(new URL(".", import.meta.url)), logLevel: "warn" });
} catch (error) {
  if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
  console.log("pvmonitor: a página não foi montada (faltam os pacotes de desenvolvimento); com eles: npm ci && npm run build && npm prune --omit=dev");
}
