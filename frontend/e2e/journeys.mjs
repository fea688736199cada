// What people do, from the door to the confirmation. Each journey gets a fresh browser context.
import { createServer } from "node:http";
import { of_accounts } from "./accounts.mjs";
import { of_gifts } from "./gifts.mjs";
import {
  choose_and_write,
  confirmed,
  expect,
  fill_login,
  hold,
  open_booking,
  open_day,
  password,
  pay,
  same,
  sign_in,
  start_in_calendar,
  sum,
  text_of,
} from "./browser.mjs";

async function whole_way(page, skip) {
  await page.goto("/");
  await page.getByRole("search").getByRole("button", { name: "Find" }).click();
  await page.waitForURL("**/discover*");
  expect((await page.locator(".poster").count()) > 0, "the search finds somebody");
  await open_booking(page, skip);
  const picked = await choose_and_write(page);
  // Signing in on the way keeps the time and the words.
  await page.waitForURL("**/login*");
  await fill_login(page);
  await page.waitForURL("**/review*");
  expect((await page.locator(".words-kept").textContent()).includes("eighty guests"), "the brief survives signing in");
  const reviewed = await hold(page);
  await pay(page, "4242 4242 4242 4242");
  await confirmed(page, reviewed);
  same(await start_in_calendar(page), picked, "the start in the calendar and the time that was picked");
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
      const reviewed = await hold(page);
      await pay(page, "4000 0000 0000 9995");
      const alert = page.getByRole("alert");
      await alert.waitFor();
      expect(/[Nn]othing was charged/.test(await alert.textContent()), "the refusal says what is safe");
      await pay(page, "4242 4242 4242 4242");
      await confirmed(page, reviewed);
    },
  },
  {
    name: "3-D Secure",
    async run(page) {
      await sign_in(page);
      await open_booking(page, 4);
      await choose_and_write(page);
      const reviewed = await hold(page);
      await pay(page, "4000 0025 0000 3155");
      await page.waitForURL("**/sandbox/cards/**");
      expect((await page.getByRole("main").textContent()).includes(`${reviewed.total} to Stagedoor`), "the bank names the total");
      await page.getByRole("button", { name: "Yes, it is me" }).click();
      await confirmed(page, reviewed);
    },
  },
  {
    name: "cancel after seeing the refund",
    async run(page) {
      await sign_in(page);
      await open_booking(page, 5);
      await choose_and_write(page);
      const reviewed = await hold(page);
      await pay(page, "4242 4242 4242 4242");
      await confirmed(page, reviewed);
      const booking = page.url();
      await page.getByRole("link", { name: "Cancel this booking" }).click();
      const refund = await text_of(page.locator(".refund b"));
      await page.getByRole("button", { name: "Cancel the booking" }).click();
      await page.locator(".badge", { hasText: "Cancelled" }).first().waitFor();
      same(new URL(page.url()).pathname, new URL(booking).pathname, "the booking before and after");
      const back = page.locator(".money div", { hasText: /paid back|refund/i }).locator("dd");
      same(await text_of(back.first()), `−${refund}`, "what the booking says of the refund and what was shown");
    },
  },
  {
    name: "register on the way",
    async run(page) {
      await open_booking(page, 7);
      await choose_and_write(page);
      await page.waitForURL("**/login*");
      await page.getByRole("main").getByRole("link", { name: /account/i }).click();
      const email = `newcomer-${Date.now()}@example.test`;
      const password = "a password of my own";
      await page.getByLabel("Name").fill("Noor Haddad");
      await page.getByLabel("E-mail").fill(email);
      await page.getByLabel("Password").fill(password);
      await page.getByRole("main").getByRole("button").click();
      await page.getByRole("link", { name: "open the mailbox" }).click();
      await page.locator("li", { hasText: email }).getByRole("link").first().click();
      const link = new URL(await page.locator(".mail a").first().getAttribute("href"));
      await page.goto(link.pathname + link.search);
      await page.getByLabel("The password that you registered with").fill(password);
      await page.getByRole("main").getByRole("button").click();
      await page.waitForURL("**/review*");
      expect((await page.locator(".words-kept").textContent()).includes("eighty guests"), "the brief survives registering");
      await hold(page);
    },
  },
  {
    name: "somebody is faster",
    async run(page) {
      await sign_in(page);
      await open_booking(page, 8);
      await choose_and_write(page);
      await page.waitForURL("**/review*");
      const review = new URL(page.url());
      const rival = await (await page.context().browser().newContext({ baseURL: review.origin })).newPage();
      await sign_in(rival, "support");
      await rival.goto(review.pathname.replace("/review", "/brief") + review.search);
      await rival.getByRole("textbox", { name: /^Tell / }).fill("Whoever comes second reads that this time was taken.");
      await rival.getByRole("button", { name: "Review the booking" }).click();
      await hold(rival);
      await rival.context().close();
      await page.getByRole("button", { name: "Hold this time and pay" }).click();
      await page.getByRole("heading", { name: "Somebody was faster." }).waitFor();
      await page.locator("a.time").first().click();
      const kept = await page.getByRole("textbox", { name: /^Tell / }).inputValue();
      expect(kept.includes("eighty guests"), "the brief is kept for another time");
      await page.getByRole("button", { name: "Review the booking" }).click();
      await hold(page);
    },
  },
  {
    name: "a slow bank, without script",
    options: { javaScriptEnabled: false },
    async run(page) {
      await sign_in(page);
      await open_booking(page, 9);
      await choose_and_write(page);
      const reviewed = await hold(page);
      await pay(page, "4000 0000 0000 0119");
      await page.getByText("Your bank is still thinking").waitFor();
      await confirmed(page, reviewed);
    },
  },
  {
    name: "a budget has the fees in it",
    async run(page) {
      await page.goto("/discover");
      await page.getByLabel("Up to, all in").fill("100");
      await page.getByRole("search").getByRole("button", { name: "Find" }).click();
      await page.waitForURL("**max_price=100*");
      const prices = await page
        .locator(".poster")
        .evaluateAll((posters) => posters.map((one) => Number(/\$([\d,.]+)/.exec(one.textContent)?.[1])));
      expect(prices.length > 0 && prices.every((price) => price <= 100), `prices within $100: ${prices.join(", ")}`);
    },
  },
  {
    name: "an empty search offers a way out",
    async run(page) {
      await page.goto("/discover?q=zzzzqqqq&min_rating=4.5");
      await page.getByRole("heading", { name: "Nobody fits all of this." }).waitFor();
      await page.getByRole("link", { name: "Not only “zzzzqqqq”" }).click();
      expect((await page.locator(".poster").count()) > 0, "without the word somebody is found");
      expect(page.url().includes("min_rating=4.5"), "the other wish is kept");
    },
  },
  {
    name: "a celebrity sees who booked them",
    async run(page) {
      await sign_in(page, "celebrity");
      await page.getByRole("heading", { name: "Booked with you" }).waitFor();
      await page.getByRole("link", { name: "All bookings with you" }).click();
      await page.locator(".booking h3 a").first().click();
      await page.getByRole("heading", { name: "What happens when" }).waitFor();
    },
  },
  {
    name: "by keyboard alone",
    async run(page) {
      await page.goto("/");
      await page.keyboard.press("Tab");
      expect((await page.evaluate(() => document.activeElement?.textContent)) === "Skip to the content", "the first stop is the skip link");
      await page.keyboard.press("Enter");
      await type_into(page, "#q", "a");
      await page.waitForURL("**/discover*");
      await page.goto("/login");
      await tab_to(page, "#email");
      await page.keyboard.type("customer@demo.stagedoor.test");
      await page.keyboard.press("Tab");
      await page.keyboard.type(process.env.STAGEDOOR_DEMO_PASSWORD ?? "stage-door-demo");
      await page.keyboard.press("Enter");
      await page.waitForURL("**/dashboard");
      await press(page, ".menu summary");
      expect(await page.getByRole("button", { name: "Sign out" }).isVisible(), "the menu opens");
      await open_booking(page, 10);
      await open_day(page);
      await press(page, "a.time");
      await page.waitForURL("**/brief*");
      await tab_to(page, "textarea");
      await page.keyboard.type("A short talk for sixty people, with time for questions.");
      await press(page, "main button");
      await page.waitForURL("**/review*");
      const reviewed = { when: await text_of(page.locator(".aside p b").first()), total: await sum(page) };
      await press(page, "main button");
      await page.waitForURL("**/checkout");
      await type_into(page, "#number", "4242 4242 4242 4242");
      await confirmed(page, reviewed);
    },
  },
  {
    name: "a wrong password is told and what was typed is kept",
    async run(page) {
      await page.goto("/login");
      await page.getByLabel("E-mail").fill("nobody@demo.stagedoor.test");
      await page.getByLabel("Password").fill("certainly not this one");
      await page.getByRole("main").getByRole("button", { name: "Sign in", exact: true }).click();
      await focused(page, "[role=alert]");
      expect((await page.getByLabel("E-mail").inputValue()) === "nobody@demo.stagedoor.test", "the address is kept");
      expect((await page.getByLabel("Password").inputValue()) === "", "the password is not sent back");
    },
  },
  {
    name: "a fault far down the page is in sight and has the focus",
    options: { viewport: { width: 390, height: 600 }, javaScriptEnabled: false },
    async run(page) {
      await sign_in(page);
      await page.goto("/account");
      await page.getByLabel("Password now").fill("certainly not this one");
      await page.getByLabel("New password").fill("another password of my own");
      await page.getByRole("button", { name: "Change the password" }).click();
      await page.locator("#current_password-fault").waitFor();
      const box = await page.locator("#current_password-fault").boundingBox();
      expect(box.y >= 0 && box.y + box.height <= 600, `the fault stands at ${box.y} px`);
      await page.keyboard.type("typed");
      expect((await page.getByLabel("Password now").inputValue()) === "typed", "the field at fault has the focus");
    },
  },
  {
    name: "a celebrity's own calendar is read",
    async run(page) {
      const hour = new Date(Date.now() + 40 * 86_400_000).toISOString().replace(/[-:]|\.\d+/g, "");
      const events = `BEGIN:VEVENT\r\nUID:1\r\nDTSTART:${hour}\r\nDURATION:PT2H\r\nEND:VEVENT\r\n`;
      const elsewhere = createServer((_, answer) => answer.end(`BEGIN:VCALENDAR\r\nVERSION:2.0\r\n${events}END:VCALENDAR\r\n`));
      await new Promise((ready) => elsewhere.listen(0, "127.0.0.1", ready));
      await sign_in(page, "celebrity");
      await page.goto("/account");
      await page.getByRole("link", { name: "Your calendars elsewhere" }).click();
      await page.getByLabel("Name").fill("Family");
      const address = page.getByLabel("Secret address in iCal format");
      await address.fill("ftp://example.org/basic.ics");
      await page.getByRole("button", { name: "Add the calendar" }).click();
      await page.getByText("The address should begin with https://").waitFor();
      await address.fill(`http://127.0.0.1:${elsewhere.address().port}/basic.ics`);
      await page.getByRole("button", { name: "Add the calendar" }).click();
      const line = page.getByText("1 busy time");
      for (let turn = 0; turn < 50 && !(await line.isVisible()); turn += 1) {
        await page.waitForTimeout(100);
        await page.goto("/account/calendars");
      }
      expect(await line.isVisible(), "the calendar was read");
      await page.getByRole("button", { name: /^Remove Family/ }).click();
      await page.getByRole("button", { name: /^Remove Family/ }).waitFor({ state: "detached" });
      elsewhere.close();
    },
  },
  ...of_accounts,
  ...of_gifts,
];

/** Waits until what `selector` finds has the focus. */
async function focused(page, selector) {
  await page.waitForFunction((wanted) => document.activeElement?.matches(wanted), selector);
}

async function press(page, selector) {
  await tab_to(page, selector);
  await page.keyboard.press("Enter");
}

async function type_into(page, selector, text) {
  await tab_to(page, selector);
  await page.keyboard.type(text);
  await page.keyboard.press("Enter");
}

async function tab_to(page, selector) {
  for (let press = 0; press < 60; press++) {
    await page.keyboard.press("Tab");
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)) return;
  }
  throw new Error(`${selector} cannot be reached by keyboard`);
}
