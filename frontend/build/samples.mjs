// Draws the six portraits that the gallery of sample pages shows. Run by hand: the drawings are kept in `samples/`.
import { writeFile } from "node:fs/promises";
import { createAvatar } from "@dicebear/core";
import * as notionists from "@dicebear/notionists";

const hues = [24, 63, 145, 208, 258, 308];

for (const [index, hue] of hues.entries()) {
  const figure = createAvatar(notionists, { seed: `stagedoor-${index}` }).toString();
  const inner = figure.replace(/^<svg[^>]*>/, "").replace(/<\/svg>$/, "").replace(/<metadata[\s\S]*?<\/metadata>/, "");
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 400"><rect width="320" height="400" fill="oklch(0.72 0.14 ${hue})"/><circle cx="160" cy="164" r="116" fill="oklch(0.93 0.09 ${hue + 20})"/><svg x="16" y="112" width="288" height="288" viewBox="0 0 1744 1744">${inner}</svg></svg>`;
  await writeFile(new URL(`../samples/${index + 1}.svg`, import.meta.url), svg);
}
