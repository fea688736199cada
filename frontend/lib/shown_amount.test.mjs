// An amount on the card of the shop, while it is typed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { runnerImport } from "vite";

const { module } = await runnerImport(fileURLToPath(new URL("./shown_amount.ts", import.meta.url)));
const { shown_amount } = module;

test("an amount is shown as the server shows it", () => {
  assert.equal(shown_amount("50", "USD"), "$50");
  assert.equal(shown_amount("49.9", "USD"), "$49.90");
  assert.equal(shown_amount("49,90", "EUR"), "€49.90");
  assert.equal(shown_amount("1500", "USD"), "$1,500");
  assert.equal(shown_amount("5000", "JPY"), "¥5,000");
});

test("what is no amount yet changes nothing", () => {
  for (const typed of ["", "5.", "five", "4.999", "-5"]) assert.equal(shown_amount(typed, "USD"), null, typed);
  assert.equal(shown_amount("5.5", "JPY"), null);
});
