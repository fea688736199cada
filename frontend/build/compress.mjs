// Writes a brotli and a gzip copy beside every text file of `dist/`, so that the server never compresses an asset.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const dist = new URL("../dist/", import.meta.url);
const as_text = /\.(css|js|svg)$/;

for (const name of (await readdir(dist)).filter((name) => as_text.test(name))) {
  const bytes = await readFile(new URL(name, dist));
  const brotli = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
  await writeFile(new URL(`${name}.br`, dist), brotli);
  await writeFile(new URL(`${name}.gz`, dist), gzipSync(bytes, { level: 9 }));
  console.log(`${name}: ${bytes.length} bytes, ${brotli.length} with brotli`);
}
