// Draws the line art of the demo posters and packs it into portraits.json.gz, which the demo crate embeds.
//
//     npm ci --omit-lockfile-registry-resolved && npm run draw
//
// The style is "Notionists" by Zoish (CC0 1.0) as the DiceBear library draws it. Every drawing is a list of parts,
// and each part is kept once: 240 drawings take less room than ten whole ones would.
import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { createAvatar } from '@dicebear/core';
import * as notionists from '@dicebear/notionists';

const DRAWINGS = 240;
const INK = '#17131c';
const variants = (...numbers) => numbers.map((number) => `variant${String(number).padStart(2, '0')}`);

// A drawing is matched with a name that readers will expect to see under it.
const LOOKS = {
  feminine: {
    hair: variants(2, 8, 10, 23, 28, 36, 37, 39, 41, 45, 46, 47, 48, 57, 58, 59, 62, 63),
    beardProbability: 0,
  },
  masculine: {
    hair: [...variants(1, 5, 6, 7, 9, 12, 13, 15, 16, 18, 19, 21, 22, 24, 25, 26, 27, 31, 32, 33, 34, 35, 38, 44, 49, 52, 53, 54, 55, 56, 60, 61), 'hat'],
    beardProbability: 40,
  },
  either: {
    hair: variants(3, 4, 11, 17, 20, 29, 30, 40, 42, 43, 50),
    beardProbability: 0,
  },
};
const ORDER = ['feminine', 'masculine', 'feminine', 'masculine', 'either'];

const SHARED = {
  beard: variants(1, 3, 4, 5, 8, 9, 10, 11, 12),
  // Faces for a poster: no tears, no gritted teeth.
  lips: variants(1, 2, 3, 5, 6, 8, 10, 12, 13, 14, 16, 17, 18, 19, 20, 21, 23, 25, 30),
  glassesProbability: 24,
  gestureProbability: 16,
  bodyIconProbability: 60,
};

/** The parts of one drawing, without the frame, the metadata and the mask around them. */
function partsOf(svg) {
  const start = svg.indexOf('<g mask="url(#viewboxMask)">') + '<g mask="url(#viewboxMask)">'.length;
  const inside = svg.slice(start, svg.lastIndexOf('</g></svg>'));
  return inside
    .split(/(?=<g transform="translate\(\d+ \d+\)">)/)
    .filter((part) => !/^<g [^>]*><\/g>$/.test(part))
    .map((part) => part.replaceAll('#000', INK));
}

const parts = [];
const places = new Map();
const drawings = [];
for (let index = 0; index < DRAWINGS; index += 1) {
  const look = ORDER[index % ORDER.length];
  const svg = createAvatar(notionists, { seed: `stagedoor-${index}`, ...SHARED, ...LOOKS[look] }).toString();
  const drawing = partsOf(svg).map((part) => {
    if (!places.has(part)) {
      places.set(part, parts.length);
      parts.push(part);
    }
    return places.get(part);
  });
  drawings.push({ look, parts: drawing });
}

const packed = gzipSync(JSON.stringify({ parts, drawings }), { level: 9 });
writeFileSync(new URL('portraits.json.gz', import.meta.url), packed);
console.log(`${drawings.length} drawings of ${parts.length} parts, ${packed.length} bytes`);
