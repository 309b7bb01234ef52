import { defineConfig } from "vite";
import { fontsPlugin } from "./fonts-plugin.ts";
import { maplibrePlugin } from "./maplibre-plugin.ts";
import { tokensPlugin } from "./tokens-plugin.ts";

export default defineConfig({
  base: "/static/web/",
  publicDir: false,
  // As MapLibre's sources are meant: a field that only says its type does not wipe out what the parent class put there.
  oxc: {
    typescript: { removeClassFieldsWithoutInitializer: true },
    assumptions: { setPublicClassFields: true },
  },
  plugins: [tokensPlugin(), fontsPlugin(), maplibrePlugin()],
  worker: { format: "es" },
  build: {
    outDir: "dist",
    manifest: "manifest.json",
    target: "es2022",
    sourcemap: false,
    chunkSizeWarningLimit: 1200,
    // htmx can evaluate code in attributes; the site switches that off (allowEval) and its policy forbids it.
    rolldownOptions: { checks: { eval: false }, input: { main: "src/main.ts" } },
  },
});
