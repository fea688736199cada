// Cuts the two typefaces down to what the pages use and writes them to `fonts/` for the bundler.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import subsetFont from "subset-font";

const here = new URL("..", import.meta.url);
const byte_budget = 45 * 1024;

const letters = (from, to) => String.fromCodePoint(...Array.from({ length: to - from + 1 }, (_, step) => from + step));
// What European names and English sentences need, plus the marks of the site's own voice.
const latin = letters(0x20, 0x7e) + letters(0xa0, 0xff) + "–—‘’“”„…·•‹›€−×→←↑↓✓★ŒœŠšŽžŸıŁł";
const latin_extended = letters(0x100, 0x17f) + letters(0x218, 0x21b);

// Headings have one cut only: a variable font would carry thousands of shapes that nobody sees.
const cuts = [
  { family: "bricolage-grotesque", axes: "standard", variation: { wght: 800, wdth: 78, opsz: 48 } },
  { family: "instrument-sans", axes: "wght", variation: { wght: { min: 400, max: 600 } } },
];

async function cut({ family, axes, variation }, script, text) {
  const source = new URL(`node_modules/@fontsource-variable/${family}/files/${family}-${script}-${axes}-normal.woff2`, here);
  const font = await subsetFont(await readFile(source), text, { targetFormat: "woff2", variationAxes: variation, noLayoutClosure: true });
  await writeFile(new URL(`fonts/${family}-${script}.woff2`, here), font);
  return font.length;
}

await mkdir(new URL("fonts/", here), { recursive: true });
let bytes = 0;
for (const face of cuts) {
  bytes += await cut(face, "latin", latin);
  // Loaded only by pages that show such a letter, so it stays out of the budget.
  await cut(face, "latin-ext", latin_extended);
}
console.log(`fonts: ${(bytes / 1024).toFixed(1)} kB for every page`);
if (bytes > byte_budget) throw new Error(`the fonts weigh ${bytes} bytes, more than the ${byte_budget} they may`);
