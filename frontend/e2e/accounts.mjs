// What people do with their accounts: keys for programs, authenticator apps, passkeys, and leaving.
import { request } from "playwright-core";
import { app_code } from "./app_code.mjs";
import { expect, fill_login, password, sign_in } from "./browser.mjs";

export const of_accounts = [
  {
    name: "a key for a program: made, used, ended",
    async run(page) {
      await sign_in(page);
      await page.goto("/account/keys");
      await page.getByLabel("Name").fill("Tour planner");
      await page.getByLabel("Your password").fill(password);
      await page.getByRole("button", { name: "Make the key" }).click();
      await page.getByRole("heading", { name: "Your new key" }).waitFor();
      const headers = { authorization: `Bearer ${await page.locator("#key-text").textContent()}` };
      // Without the browser's cookie: what answers is the key.
      const program = await request.newContext({ baseURL: new URL(page.url()).origin });
      expect((await program.get("/api/bookings", { headers })).status() === 200, "the key reads bookings");
      expect((await program.patch("/api/me", { headers, data: {} })).status() === 403, "and changes nothing");
      await page.getByRole("button", { name: "End Tour planner" }).click();
      await page.getByRole("button", { name: "End Tour planner" }).waitFor({ state: "detached" });
      expect((await program.get("/api/bookings", { headers })).status() === 401, "an ended key is refused");
      await program.dispose();
    },
  },
  {
    name: "an authenticator app: set up, asked at the door, taken off, without script",
    options: { javaScriptEnabled: false },
    async run(page) {
      await sign_in(page, "agent");
      await page.goto("/account");
      await page.getByRole("link", { name: "Authenticator app and recovery codes" }).click();
      await page.getByLabel("Your password").fill(password);
      await page.getByRole("button", { name: "Set an app up" }).click();
      expect(await page.locator(".qr svg").isVisible(), "there is something to scan");
      const secret = await page.locator("#app-secret").textContent();
      await page.getByLabel("Code", { exact: true }).fill("000000");
      await page.getByRole("button", { name: "Turn the app on" }).click();
      expect((await page.locator("#code-fault").textContent()).includes("not the code"), "a wrong code is told");
      await page.getByLabel("Code", { exact: true }).fill(app_code(secret, -1));
      await page.getByRole("button", { name: "Turn the app on" }).click();
      await page.getByRole("heading", { name: "Your recovery codes" }).waitFor();
      expect((await page.locator("#codes-text code").count()) === 10, "there are ten recovery codes");
      await page.context().clearCookies();
      await page.goto("/login?return_to=%2Fbookings");
      await fill_login(page, "agent");
      await page.waitForURL("**/login/code*");
      await page.getByLabel("Code", { exact: true }).fill(app_code(secret, 0));
      await page.getByRole("main").getByRole("button", { name: "Sign in", exact: true }).click();
      await page.waitForURL("**/bookings");
      await page.goto("/account/security");
      await page.getByLabel("Your password").fill(password);
      await page.getByLabel("Code", { exact: true }).fill(app_code(secret, 1));
      await page.getByRole("button", { name: "Turn the app off" }).click();
      await page.getByRole("button", { name: "Set an app up" }).waitFor();
    },
  },
  {
    name: "a passkey: added, and a way in without a password",
    async run(page) {
      await sign_in(page, "celebrity");
      await page.goto("/account/passkeys");
      // Passkeys are bound to a domain name, so the server is opened by its name instead of its IP address.
      const named = await page.getByRole("link", { name: "Open it by its name" }).getAttribute("href");
      const device = await page.context().newCDPSession(page);
      await device.send("WebAuthn.enable");
      const options = {
        protocol: "ctap2",
        transport: "internal",
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      };
      await device.send("WebAuthn.addVirtualAuthenticator", { options });
      await page.goto(named);
      await fill_login(page, "celebrity");
      await page.waitForURL("**/account/passkeys");
      await page.getByLabel("Name").fill("Phone");
      await page.getByLabel("Your password").fill("certainly not this one");
      await page.getByRole("button", { name: "Add a passkey" }).click();
      await page.getByText("This is not your current password.").waitFor();
      await page.getByLabel("Your password").fill(password);
      await page.getByRole("button", { name: "Add a passkey" }).click();
      await page.getByText("Remove Phone").waitFor();
      await page.locator(".menu summary").click();
      await page.getByRole("button", { name: "Sign out" }).click();

      await page.goto(`${new URL(named).origin}/login?return_to=/account/passkeys`);
      await page.getByRole("button", { name: "Sign in with a passkey" }).click();
      await page.waitForURL("**/account/passkeys");
      await page.getByText(/used (just now|a moment ago|\d+)/).waitFor();
      await page.getByText("Remove Phone").click();
      await page.getByRole("listitem").filter({ hasText: "Phone" }).getByLabel("Your password").fill(password);
      await page.getByRole("button", { name: "Remove it (Phone)" }).click();
      await page.getByText("Remove Phone").waitFor({ state: "detached" });
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
