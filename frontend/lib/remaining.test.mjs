// The countdown of a hold, at its edges.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { runnerImport } from "vite";

const { module } = await runnerImport(fileURLToPath(new URL("remaining.ts", import.meta.url)));

test("counts down as a clock does", () => {
  assert.equal(module.remaining(60_000, 0), "1:00");
  assert.equal(module.remaining(849_200, 0), "14:10");
  assert.equal(module.remaining(3_900_000, 0), "1:05:00");
});

test("is over at the moment itself", () => {
  assert.equal(module.remaining(1_000, 1_000), null);
  assert.equal(module.remaining(1_000, 2_000), null);
});
