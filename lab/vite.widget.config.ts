import { defineConfig } from "vite";

/** The one script that other people's pages load: no imports, no exports, a name that stays. */
export default defineConfig({
  publicDir: false,
  build: {
    outDir: "../visavis/lab/dist",
    emptyOutDir: false,
    target: "es2022",
    modulePreload: false,
    rolldownOptions: {
      input: "src/widget/widget.ts",
      output: { format: "iife", entryFileNames: "widget.js" },
    },
  },
});
