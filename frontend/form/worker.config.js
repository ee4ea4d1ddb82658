import { defineConfig } from "vite";
import { OUT } from "./vite.config.js";

// One plain script: browsers that know no module workers still work without network.
export default defineConfig({
  build: {
    outDir: OUT,
    emptyOutDir: false,
    target: "es2022",
    lib: { entry: "src/worker.js", formats: ["iife"], name: "worker", fileName: () => "worker.js" },
  },
});
