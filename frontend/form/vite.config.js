import { defineConfig } from "vite";
import { patches } from "./patches.js";

export const OUT = "../../src/everycount/site/collection/static/collection/form";

export default defineConfig({
  base: "./",
  plugins: [patches()],
  build: {
    outDir: OUT,
    emptyOutDir: true,
    target: "es2022",
    manifest: "made.json",
    modulePreload: false,
    rollupOptions: { input: "src/page.js" },
  },
});
