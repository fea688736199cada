// Puts every drawing on one page, to look at: `npm run sheet`, then open sheet.html in a browser.
import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

const { parts, drawings } = JSON.parse(gunzipSync(readFileSync(new URL('portraits.json.gz', import.meta.url))));
const posters = drawings.map(({ parts: drawing }, index) => {
  const hue = (index * 137.508) % 360;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1744 2180" fill="none">
    <path fill="oklch(0.72 0.14 ${hue})" d="M0 0h1744v2180H0z"/><circle cx="872" cy="891" r="627" fill="oklch(0.93 0.09 ${hue + 20})"/>
    <g transform="translate(0 440)">${drawing.map((part) => parts[part]).join('')}</g></svg>`;
});
const frames = posters.map((poster, index) => `<img title="${index}" src="data:image/svg+xml,${encodeURIComponent(poster)}">`);
const style = 'body{margin:8px;display:grid;grid-template-columns:repeat(20,1fr);gap:6px}img{border-radius:8px}';
writeFileSync(new URL('sheet.html', import.meta.url), `<!doctype html><style>${style}</style>${frames.join('\n')}`);
