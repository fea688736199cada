// Finishes what the bundler made: adds the site's icon, and packs every text file so that the server never compresses an asset.
import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const dist = new URL("../dist/", import.meta.url);
const as_text = /\.(css|js|svg)$/;

// Only the frame's template refers to the icon, and the bundler does not read templates.
const icon = await readFile(new URL("../styles/icons/lamp.svg", import.meta.url));
const icon_file = `lamp-${createHash("sha256").update(icon).digest("hex").slice(0, 8)}.svg`;
await writeFile(new URL(icon_file, dist), icon);
const manifest_file = new URL("manifest.json", dist);
const manifest = JSON.parse(await readFile(manifest_file, "utf8"));
manifest["styles/icons/lamp.svg"] = { file: icon_file, name: "icon" };
await writeFile(manifest_file, JSON.stringify(manifest, null, 2));

for (const name of (await readdir(dist)).filter((name) => as_text.test(name))) {
  const bytes = await readFile(new URL(name, dist));
  const brotli = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
  await writeFile(new URL(`${name}.br`, dist), brotli);
  await writeFile(new URL(`${name}.gz`, dist), gzipSync(bytes, { level: 9 }));
  console.log(`${name}: ${bytes.length} bytes, ${brotli.length} with brotli`);
}
