// Changes the theme without leaving the page; the form behind it keeps the choice in a cookie.
export function mount(form: HTMLElement): void {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const root = document.documentElement;
    const is_dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = is_dark ? "light" : "dark";
    // The browser's own bars take the colour of the page.
    const paper = getComputedStyle(document.body).backgroundColor;
    for (const meta of document.querySelectorAll<HTMLMetaElement>("meta[name=theme-color]")) meta.content = paper;
    const body = new URLSearchParams(new FormData(form as HTMLFormElement) as unknown as Record<string, string>);
    body.set("theme", root.dataset.theme);
    void fetch((form as HTMLFormElement).action, { method: "POST", body, redirect: "manual" });
  });
}
