// A gift card on its way: given by staff, claimed, sent to a friend, and claimed again by somebody who signs in on the way.
import { readFile } from "node:fs/promises";
import { expect, fill_login, sign_in } from "./browser.mjs";

/** Somebody else in a browser of their own, without script. */
async function somebody(page) {
  await page.goto("/");
  const baseURL = new URL(page.url()).origin;
  const context = await page.context().browser().newContext({ baseURL, javaScriptEnabled: false });
  context.setDefaultTimeout(10_000);
  return context.newPage();
}

/** Issues one card of 40 dollars, and reads its link in the file that the page offers. */
async function issue(page) {
  await sign_in(page, "admin");
  await page.goto("/staff/gift-cards");
  await page.getByLabel("Name").fill(`Open-air night ${Date.now()}`);
  await page.getByLabel("Kind").selectOption("goodwill");
  await page.getByLabel("How many").fill("1");
  await page.getByLabel("On each").fill("40");
  await page.getByLabel("Reason").fill("It was rained off");
  await page.getByRole("button", { name: "Show what it comes to" }).click();
  await page.getByRole("button", { name: "Issue them" }).click();
  const waits = page.waitForEvent("download");
  await page.getByRole("link", { name: "Save as CSV" }).click();
  const lines = (await readFile(await (await waits).path(), "utf8")).trim().split("\r\n");
  expect(lines.length === 2, `the file has a line for each card: ${lines.length}`);
  return new URL(lines[1].split(",")[1]).search;
}

/** What the newest mail with a card has in its link. */
async function mailed(page) {
  const mail = page.getByRole("link", { name: /sent you a gift card/ }).first();
  for (let turn = 0; turn < 50 && (turn === 0 || (await mail.count()) === 0); turn += 1) {
    await page.waitForTimeout(200);
    await page.goto("/mailbox");
  }
  await mail.click();
  return new URL(await page.locator('main a[href*="/claim?code="]').getAttribute("href")).search;
}

async function whole_way(page) {
  const search = await issue(page);
  const customer = await somebody(page);
  await sign_in(customer);
  await customer.goto(`/claim${search}`);
  expect(new URL(customer.url()).search === "", "the address holds no code any more");
  await customer.getByRole("button", { name: "Claim the card" }).click();
  await customer.getByText("The card is yours now").waitFor();
  await customer.getByRole("link", { name: "Send it to somebody" }).click();
  await customer.getByLabel("Their e-mail").fill("friend@example.test");
  await customer.getByLabel("A few words").fill("For your birthday.");
  await customer.getByRole("button", { name: "Send the card" }).click();
  await customer.getByText("On its way").waitFor();

  const friend = await somebody(page);
  const link = await mailed(friend);
  await friend.goto(`/claim${link}`);
  await friend.getByRole("heading", { name: /sent you \$40\.00/ }).waitFor();
  await friend.getByRole("link", { name: "print it as a present" }).click();
  await friend.getByRole("img", { name: /QR code/ }).waitFor();
  await friend.goto("/claim");
  await friend.getByRole("main").getByRole("link", { name: "Sign in" }).click();
  await fill_login(friend, "agent");
  await friend.getByRole("button", { name: "Claim the card" }).click();
  await friend.getByText("The card is yours now").waitFor();
  await customer.reload();
  await customer.getByRole("heading", { name: "Arrived" }).waitFor();
  await customer.context().close();
  await friend.context().close();
}

export const of_gifts = [{ name: "a gift card is given, claimed, sent and claimed again", run: whole_way }];
