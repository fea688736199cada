// Browser tests: `node frontend/e2e/run.mjs BASE_URL [WORD]` against a running server with demo data; WORD picks journeys by name.
import { mkdir } from "node:fs/promises";
import { sign_in, start } from "./browser.mjs";
import { journeys } from "./journeys.mjs";
import { check_page, collect, for_strangers } from "./pages.mjs";

const [baseURL, word = ""] = process.argv.slice(2);
if (!baseURL) {
  console.error("usage: node frontend/e2e/run.mjs BASE_URL [WORD]");
  process.exit(2);
}
const results = new URL("results/", import.meta.url);
await mkdir(results, { recursive: true });
const browser = await start();
const counts = { passed: 0, failed: 0 };

async function attempt(name, page, run) {
  const refused = [];
  const note = (text) => /Content Security Policy|TrustedHTML|Uncaught/.test(text) && refused.push(text);
  page.on("console", (message) => note(message.text()));
  page.on("pageerror", (error) => refused.push(String(error)));
  try {
    await run();
    if (refused.length > 0) throw new Error(`the browser refused something: ${refused[0]}`);
    counts.passed += 1;
    console.log(`ok      ${name}`);
  } catch (error) {
    counts.failed += 1;
    const picture = new URL(`${name.replace(/[^a-z0-9]+/gi, "-").slice(0, 80)}.png`, results);
    await page.screenshot({ path: picture.pathname, fullPage: true }).catch(() => undefined);
    const reason = String(error.message ?? error).split("\n").slice(0, 4).join("\n        ");
    console.log(`FAILED  ${name}\n        ${reason}\n        at ${page.url()}`);
  }
}

async function fresh_page(options = {}) {
  const context = await browser.newContext({ baseURL, reducedMotion: "reduce", ...options });
  context.setDefaultTimeout(10_000);
  return context.newPage();
}

async function check_pages(page, addresses) {
  for (const address of addresses) {
    const name = `pages: ${address.replace(/[0-9a-f-]{36}/g, "…").split("?")[0]}`;
    await attempt(name, page, () => check_page(page, address));
  }
}

for (const { name, options, run } of journeys.filter((one) => one.name.includes(word))) {
  const page = await fresh_page(options);
  await attempt(name, page, () => run(page));
  await page.context().close();
}

if ("pages".includes(word)) {
  const stranger = await fresh_page();
  await check_pages(stranger, for_strangers);
  await stranger.context().close();
  const customer = await fresh_page();
  let addresses = [];
  await attempt("pages: a customer meets one of each kind", customer, async () => {
    addresses = await collect(customer);
  });
  await check_pages(customer, addresses);
  await customer.context().close();
  const talent = await fresh_page();
  await attempt("pages: somebody who is booked signs in", talent, () => sign_in(talent, "celebrity"));
  await check_pages(talent, ["/dashboard", "/bookings", "/account/calendars"]);
  await talent.context().close();
}

await browser.close();
console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exit(counts.failed === 0 ? 0 : 1);
