// One Chromium for all journeys, with what they share: who signs in, and how a check is counted.
import { access } from "node:fs/promises";
import { chromium } from "playwright-core";

export const password = process.env.STAGEDOOR_DEMO_PASSWORD ?? "stage-door-demo";
const candidates = [process.env.STAGEDOOR_CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Starts the browser that the machine has. */
export async function start() {
  for (const executablePath of candidates.filter(Boolean)) {
    if (await access(executablePath).then(() => true, () => false)) {
      // Root has no user namespaces to build a sandbox from; the pages under test are our own.
      const args = ["--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
      return chromium.launch({ executablePath, args: process.getuid?.() === 0 ? [...args, "--no-sandbox"] : args });
    }
  }
  throw new Error("no Chromium was found; install the Debian package `chromium` or set STAGEDOOR_CHROMIUM");
}

/** Fails with `message` unless `truth` holds. */
export function expect(truth, message) {
  if (!truth) throw new Error(message);
}

/** Signs in on the log-in page that is shown. */
export async function fill_login(page, role = "customer") {
  await page.getByLabel("E-mail").fill(`${role}@demo.stagedoor.test`);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("main").getByRole("button", { name: "Sign in", exact: true }).click();
}

/** Opens the log-in page and signs in. */
export async function sign_in(page, role = "customer") {
  await page.goto("/login");
  await fill_login(page, role);
  await page.waitForURL("**/dashboard");
}

// Found once for all journeys: profiles still to look at, and first steps of booking in the order they were met.
let unseen;
const first_steps = [];

/** Opens the first step of booking somebody who can be booked at once; each number is somebody else. */
export async function open_booking(page, number = 0) {
  if (!unseen) {
    await page.goto("/discover");
    unseen = await page.locator(".poster-name a").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
  }
  while (first_steps.length <= number && unseen.length > 0) {
    await page.goto(unseen.shift());
    const choose = page.getByRole("link", { name: /^Choose a time/ }).first();
    if ((await choose.count()) > 0) first_steps.push(await choose.getAttribute("href"));
  }
  expect(first_steps.length > number, "too few people on the first page of results can be booked at once");
  await page.goto(first_steps[number]);
}

/** Opens the last free day of the month that is shown, or of the first month that has one. */
export async function open_day(page) {
  const days = page.locator("a.day");
  if ((await days.count()) === 0) await page.getByRole("link", { name: /First free day|Later month/ }).first().click();
  // Not the first day: its times may come too close while the journey is under way.
  await days.last().click();
}

// With an address, which is one word for the browser however long it is.
const brief =
  "We open our studio that evening, about eighty guests, with a small stage and a piano. " +
  "Plans: https://studio.example.test/plans/ground-floor/stage-and-piano/2026-12/version-3-with-measures-in-metres.pdf";

/** Picks a free time and writes a brief, up to the review. Returns the start that was picked. */
export async function choose_and_write(page) {
  await open_day(page);
  const time = page.locator("a.time").last();
  const picked = new URL(await time.getAttribute("href"), page.url()).searchParams.get("starts_at");
  await time.click();
  await page.getByRole("textbox", { name: /^Tell / }).fill(brief);
  await page.getByRole("button", { name: "Review the booking" }).click();
  return picked;
}

/** From the review to the checkout. Returns the time and the total of the review, which the checkout has to name too. */
export async function hold(page) {
  await page.waitForURL("**/review*");
  const reviewed = { when: await text_of(page.locator(".aside p b").first()), total: await sum(page) };
  await page.getByRole("button", { name: "Hold this time and pay" }).click();
  await page.waitForURL("**/checkout");
  const asked = { when: await text_of(page.locator(".aside p b").first()), total: await text_of(page.locator("h1.total b")) };
  same(asked, reviewed, "the checkout and the review");
  return reviewed;
}

/** The first of the sums that a page shows: what all of it costs. What is left to pay stands below it. */
export async function sum(page) {
  return text_of(page.locator(".money .sum dd").first());
}

/** The text of an element as it is read. */
export async function text_of(element) {
  return (await element.textContent()).replace(/\s+/g, " ").trim();
}

/** Fails unless two pages say the same. */
export function same(found, wanted, what) {
  expect(JSON.stringify(found) === JSON.stringify(wanted), `${what} differ: ${JSON.stringify(found)}, ${JSON.stringify(wanted)}`);
}

/** Pays with a number of the sandbox. */
export async function pay(page, number) {
  await page.getByLabel("Card number").fill(number);
  await page.getByRole("button", { name: /^Pay / }).click();
}

/** Waits until the booking page says it is confirmed, and that it is what was reviewed. */
export async function confirmed(page, reviewed) {
  await page.waitForURL(/\/bookings\/[0-9a-f-]+(\?.*)?$/);
  await page.locator(".badge", { hasText: "Confirmed" }).first().waitFor({ timeout: 15_000 });
  const booked = { when: await text_of(page.locator(".booking-head .muted")), total: await sum(page) };
  same(booked, reviewed, "the booking and the review");
}

/** The start that the calendar file of the shown booking names, as addresses write it. */
export async function start_in_calendar(page) {
  const calendar = await page.getByRole("link", { name: "Add to calendar" }).getAttribute("href");
  const file = await page.request.get(calendar);
  const text = await file.text();
  expect(file.ok() && text.startsWith("BEGIN:VCALENDAR"), "a confirmed booking goes into the calendar");
  const [, ...parts] = /DTSTART:(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/.exec(text);
  const [year, month, day, hour, minute, second] = parts;
  return `${year}-${month}-${day}T${hour}:${minute}:${second}Z`;
}
