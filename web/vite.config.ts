// Builds the page to dist/page, which the monitor serves. Addresses are relative: a proxy may publish it under any path. The one large chunk is echarts, fetched when a chart comes up.
import { defineConfig } from "vite";

export default defineConfig({
  base: "./",
  publicDir: false,
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: { outDir: "../dist/page", emptyOutDir: true, assetsInlineLimit: 0, modulePreload: { polyfill: false }, chunkSizeWarningLimit: 600 },
});
