// Bytes as text and back.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { runnerImport } from "vite";

const { module } = await runnerImport(fileURLToPath(new URL("base64url.ts", import.meta.url)));

test("bytes survive the way there and back", () => {
  for (const bytes of [[], [0], [255, 254], [251, 255, 191], [1, 2, 3, 4, 5]]) {
    const text = module.encode(Uint8Array.from(bytes).buffer);
    assert.match(text, /^[A-Za-z0-9_-]*$/);
    assert.deepEqual([...new Uint8Array(module.decode(text))], bytes);
  }
});
