// What must hold on every page: accessible in both themes, no sideways scrolling on the narrowest phone, targets for thumbs, nothing
// refused by the browser.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { choose_and_write, expect, hold, open_booking, sign_in } from "./browser.mjs";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Pages of strangers: who is signed in is sent on from some of them. */
export const for_strangers = ["/", "/login", "/register", "/forgot", "/reset?token=x", "/verify?token=x", "/claim", "/nowhere"];

/** Addresses of one page of each kind, met on the way of a customer who holds a time. */
export async function collect(page) {
  const found = ["/", "/discover", "/discover?q=zzzzqqqq", `/discover?q=${"w".repeat(100)}`, "/help/ranking", "/nowhere", "/mailbox"];
  await page.goto("/");
  const category = await page.locator(".bill a").first().getAttribute("href");
  const profile = await page.locator(".poster-name a").first().getAttribute("href");
  await sign_in(page);
  found.push(category, profile, "/dashboard", "/bookings");
  found.push("/account", "/account/sessions", "/account/keys", "/account/security", "/account/passkeys", "/account/calendars");
  found.push("/account/gift-cards", "/account/credit", "/gift-cards", "/claim");
  await open_booking(page, 6);
  found.push(new URL(page.url()).pathname);
  await choose_and_write(page);
  await hold(page);
  const checkout = new URL(page.url()).pathname;
  found.push(checkout, checkout.replace("/checkout", ""), checkout.replace("/checkout", "/cancellation"));
  // Another booking up to its review. It is not placed, because that forgets the draft, without which the review cannot be opened.
  await open_booking(page, 6);
  await choose_and_write(page);
  await page.waitForURL("**/review*");
  const review = new URL(page.url());
  found.push(review.pathname.replace("/review", "/brief") + review.search, review.pathname + review.search);
  return found;
}

/** One check for each page: it is there, at its own address, in both themes, wide and narrow. */
export async function check_page(page, address) {
  const answer = await page.goto(address);
  const status = address === "/nowhere" ? 404 : 200;
  expect(answer.status() === status, `answers ${answer.status()} instead of ${status}`);
  const shown = new URL(page.url());
  expect(shown.pathname + shown.search === address, `leads to ${shown.pathname}${shown.search}`);
  for (const width of [1280, 320]) {
    await page.setViewportSize({ width, height: 800 });
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      await accessible(page, `${width} px, ${colorScheme}`);
    }
  }
  const excess = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(excess <= 0, `${excess} px stick out at 320 px`);
  const low = await low_targets(page);
  expect(low.length === 0, `lower than 44 px: ${low.join("; ")}`);
}

/** What is too low to be hit by a thumb, wherever its own box ends. Links within a sentence are as high as their line. */
async function low_targets(page) {
  return page.evaluate(() => {
    const in_sentence = (one) =>
      one.matches("a") &&
      [...one.parentElement.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== "");
    const low = [];
    for (const one of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")) {
      if (!one.checkVisibility({ visibilityProperty: true }) || one.matches(".visually-hidden") || in_sentence(one)) continue;
      one.scrollIntoView({ block: "center" });
      const box = one.getClientRects()[0];
      const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
      const is_hit = (at) => {
        const found = document.elementFromPoint(x, at);
        return found !== null && (one.contains(found) || found.closest("label")?.control === one);
      };
      let [above, below] = [0, 0];
      while (above < 44 && is_hit(y - above - 1)) above += 1;
      while (below < 44 && is_hit(y + below + 1)) below += 1;
      // Boxes end between pixels.
      if (above + below < 43) low.push(`${above + below} px: ${(one.textContent || one.name || one.className).trim().slice(0, 40)}`);
    }
    return low;
  });
}

async function accessible(page, where) {
  // Evaluated by the debugger, so that the page's own rules about scripts stay as they are.
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axe);
  const result = await page.evaluate(() =>
    globalThis.axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
      resultTypes: ["violations"],
    }),
  );
  const faults = result.violations.map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => node.target.join(" ")).join(", ")}`);
  expect(faults.length === 0, `${where}: ${faults.join("; ")}`);
}
