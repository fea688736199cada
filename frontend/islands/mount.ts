// Loads the island that an element asks for. A page without this file works all the same.
const islands: Record<string, () => Promise<{ mount(element: HTMLElement): void }>> = {
  "month": () => import("./month.ts"),
  "countdown": () => import("./countdown.ts"),
  "reload": () => import("./reload.ts"),
  "theme": () => import("./theme.ts"),
  "copy": () => import("./copy.ts"),
  "clock": () => import("./clock.ts"),
  "menu": () => import("./menu.ts"),
  "passkey": () => import("./passkey.ts"),
  "gift-card": () => import("./gift_card.ts"),
};

for (const element of document.querySelectorAll<HTMLElement>("[data-island]")) {
  const load = islands[element.dataset.island ?? ""];
  if (load) load().then((island) => island.mount(element), (error: unknown) => console.warn("an island did not load", error));
}

// The server cannot know a visitor's clock before sign-in; with this it shows both clocks from the second page on.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone && !document.cookie.includes(`__Host-stagedoor-zone=${zone}`)) {
  document.cookie = `__Host-stagedoor-zone=${zone}; path=/; max-age=31536000; secure; samesite=lax`;
}

// Browsers show a page as it was when its reader goes back. After signing out, somebody else may be reading.
window.addEventListener("pageshow", (event) => {
  if (event.persisted && document.querySelector(".menu")) location.reload();
});
