// Bundles the islands and the stylesheet into `dist/`, with hashed names and a manifest that the server reads.
import { defineConfig } from "vite";

export default defineConfig({
  base: "/assets/",
  publicDir: false,
  build: {
    outDir: "dist",
    manifest: "manifest.json",
    assetsDir: ".",
    // A font inlined into the stylesheet could not be preloaded or cached by itself.
    assetsInlineLimit: 0,
    modulePreload: false,
    target: "es2022",
    rollupOptions: {
      input: { site: "styles/site.css", islands: "islands/mount.ts" },
      output: { entryFileNames: "[name]-[hash].js", assetFileNames: "[name]-[hash][extname]", chunkFileNames: "[name]-[hash].js" },
    },
  },
});
