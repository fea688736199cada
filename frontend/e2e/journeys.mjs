// What people do, from the door to the confirmation. Each journey gets a fresh browser context.
import { choose_and_write, confirmed, expect, fill_login, hold, open_booking, pay, sign_in } from "./browser.mjs";

async function whole_way(page, skip) {
  await page.goto("/");
  await page.getByRole("search").getByRole("button", { name: "Find" }).click();
  await page.waitForURL("**/discover*");
  expect((await page.locator(".poster").count()) > 0, "the search finds somebody");
  await open_booking(page, skip);
  await choose_and_write(page);
  // Signing in on the way keeps the time and the words.
  await page.waitForURL("**/login*");
  await fill_login(page);
  await page.waitForURL("**/review*");
  expect((await page.locator(".words-kept").textContent()).includes("eighty guests"), "the brief survives signing in");
  await hold(page);
  await pay(page, "4242 4242 4242 4242");
  await confirmed(page);
  expect(await page.getByRole("link", { name: "Add to calendar" }).isVisible(), "a confirmed booking goes into the calendar");
}

export const journeys = [
  { name: "find, book, pay, be confirmed", run: (page) => whole_way(page, 0) },
  { name: "the same without script", options: { javaScriptEnabled: false }, run: (page) => whole_way(page, 1) },
  {
    name: "the same on a phone",
    options: { viewport: { width: 390, height: 844 }, hasTouch: true },
    run: (page) => whole_way(page, 2),
  },
  {
    name: "a declined card, then another",
    async run(page) {
      await sign_in(page);
      await open_booking(page, 3);
      await choose_and_write(page);
      await hold(page);
      await pay(page, "4000 0000 0000 9995");
      const alert = page.getByRole("alert");
      await alert.waitFor();
      expect(/[Nn]othing was charged/.test(await alert.textContent()), "the refusal says what is safe");
      await pay(page, "4242 4242 4242 4242");
      await confirmed(page);
    },
  },
  {
    name: "3-D Secure",
    async run(page) {
      await sign_in(page);
      await open_booking(page, 4);
      await choose_and_write(page);
      await hold(page);
      await pay(page, "4000 0025 0000 3155");
      await page.waitForURL("**/sandbox/cards/**");
      await page.getByRole("button", { name: "Yes, it is me" }).click();
      await confirmed(page);
    },
  },
  {
    name: "cancel after seeing the refund",
    async run(page) {
      await sign_in(page);
      await open_booking(page, 5);
      await choose_and_write(page);
      await hold(page);
      await pay(page, "4242 4242 4242 4242");
      await confirmed(page);
      await page.getByRole("link", { name: "Cancel this booking" }).click();
      const refund = await page.locator(".refund b").textContent();
      await page.getByRole("button", { name: `Cancel and pay back ${refund}` }).click();
      await page.locator(".badge", { hasText: "Cancelled" }).first().waitFor();
    },
  },
  {
    name: "by keyboard alone",
    async run(page) {
      await page.goto("/");
      await page.keyboard.press("Tab");
      expect((await page.evaluate(() => document.activeElement?.textContent)) === "Skip to the content", "the first stop is the skip link");
      await page.keyboard.press("Enter");
      await tab_to(page, "#q");
      await page.keyboard.type("a");
      await page.keyboard.press("Enter");
      await page.waitForURL("**/discover*");
      await page.goto("/login");
      await tab_to(page, "#email");
      await page.keyboard.type("customer@demo.stagedoor.test");
      await page.keyboard.press("Tab");
      await page.keyboard.type(process.env.STAGEDOOR_DEMO_PASSWORD ?? "stage-door-demo");
      await page.keyboard.press("Enter");
      await page.waitForURL("**/dashboard");
      await tab_to(page, ".menu summary");
      await page.keyboard.press("Enter");
      expect(await page.getByRole("button", { name: "Sign out" }).isVisible(), "the menu opens");
    },
  },
  {
    name: "a wrong password is told and what was typed is kept",
    async run(page) {
      await page.goto("/login");
      await page.getByLabel("E-mail").fill("nobody@demo.stagedoor.test");
      await page.getByLabel("Password").fill("certainly not this one");
      await page.getByRole("main").getByRole("button", { name: "Sign in" }).click();
      await page.getByRole("alert").waitFor();
      expect((await page.getByLabel("E-mail").inputValue()) === "nobody@demo.stagedoor.test", "the address is kept");
      expect((await page.getByLabel("Password").inputValue()) === "", "the password is not sent back");
    },
  },
  {
    name: "the theme is kept without script",
    options: { javaScriptEnabled: false, colorScheme: "light" },
    async run(page) {
      await page.goto("/");
      await page.getByRole("button", { name: "Change between light and dark" }).click();
      expect((await page.locator("html").getAttribute("data-theme")) === "dark", "the page is dark");
      await page.goto("/discover");
      expect((await page.locator("html").getAttribute("data-theme")) === "dark", "the next page is dark too");
    },
  },
  {
    name: "sign out ends the session",
    async run(page) {
      await sign_in(page);
      await page.locator(".menu summary").click();
      await page.getByRole("button", { name: "Sign out" }).click();
      await page.goto("/dashboard");
      await page.waitForURL("**/login*");
    },
  },
];

async function tab_to(page, selector) {
  for (let press = 0; press < 60; press++) {
    await page.keyboard.press("Tab");
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)) return;
  }
  throw new Error(`${selector} cannot be reached by keyboard`);
}
