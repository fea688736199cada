// What must hold on every page: accessible in both themes, no sideways scrolling on the narrowest phone, nothing refused by the browser.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { choose_and_write, expect, hold, open_booking, sign_in } from "./browser.mjs";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Addresses of one page of each kind, met on the way of a customer who holds a time. */
export async function collect(page) {
  const found = ["/", "/discover", "/discover?q=zzzzqqqq", "/help/ranking", "/login", "/register", "/forgot", "/reset?token=x", "/verify?token=x", "/nowhere", "/mailbox"];
  await page.goto("/");
  const category = await page.locator(".bill a").first().getAttribute("href");
  const profile = await page.locator(".poster-name a").first().getAttribute("href");
  await sign_in(page);
  found.push(category, profile, "/dashboard", "/bookings", "/account", "/account/sessions");
  await open_booking(page, 6);
  found.push(new URL(page.url()).pathname);
  await choose_and_write(page);
  const review = new URL(page.url());
  found.push(review.pathname.replace("/review", "/brief") + review.search, review.pathname + review.search);
  await hold(page);
  const checkout = new URL(page.url()).pathname;
  found.push(checkout, checkout.replace("/checkout", ""), checkout.replace("/checkout", "/cancellation"));
  return found;
}

/** One check for each page: both themes, wide and narrow. */
export async function check_page(page, address) {
  await page.goto(address);
  for (const width of [1280, 320]) {
    await page.setViewportSize({ width, height: 800 });
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      await accessible(page, `${width} px, ${colorScheme}`);
    }
  }
  const excess = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(excess <= 0, `${excess} px stick out at 320 px`);
}

async function accessible(page, where) {
  // Evaluated by the debugger, so that the page's own rules about scripts stay as they are.
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axe);
  const result = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], resultTypes: ["violations"] }));
  const faults = result.violations.map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => node.target.join(" ")).join(", ")}`);
  expect(faults.length === 0, `${where}: ${faults.join("; ")}`);
}
