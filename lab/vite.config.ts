import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** A running `visavis serve`; the dev server hands everything that is not a Lab file on to it. */
const SERVER = "http://127.0.0.1:8000";

/** Everything that is neither a source file, a package nor one of Vite's own paths belongs to the server. */
const SERVER_PATHS = "^/(?!$|\\?|[a-z]+\\.html|favicon\\.svg|src/|node_modules/|@)";

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: "../visavis/lab/dist",
    emptyOutDir: true,
    assetsDir: "lab",
    target: "es2022",
    // From these on, browsers know light-dark(); rewritten for older ones it would cost more than it gives.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    // Bundled packages are MIT: their notices travel with the bundle.
    license: { fileName: "licenses.md" },
    // A data: URL would need a wider content security policy than 'self'.
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: ["index.html", "docs.html", "guest.html", "demo.html", "src/widget/room.tsx"],
      // The widget's room is imported by pages of others under a name that stays.
      preserveEntrySignatures: "exports-only",
      output: { entryFileNames: ({ facadeModuleId }) => (facadeModuleId?.endsWith("/widget/room.tsx") ? "widget-room.js" : "lab/[name]-[hash].js") },
    },
    // The viewer is one file of that size, and only its own page loads it.
    chunkSizeWarningLimit: 2000,
  },
  server: {
    proxy: { [SERVER_PATHS]: { target: SERVER, ws: true, changeOrigin: false } },
  },
});
