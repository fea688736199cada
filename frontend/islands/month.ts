// Turns the months and shows the times of a day without reloading the page. The links it follows are ordinary links.
import { read_page } from "../lib/html.ts";

export function mount(month: HTMLElement): void {
  month.addEventListener("click", (event) => {
    const link = (event.target as Element).closest<HTMLAnchorElement>("a[data-turns]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    void turn(month, link.href);
  });
}

async function turn(month: HTMLElement, address: string): Promise<void> {
  month.classList.add("is-waiting");
  month.setAttribute("aria-busy", "true");
  try {
    const fresh = (await read_page(address)).getElementById(month.id);
    if (!fresh) throw new Error("the page has no month");
    month.replaceChildren(...Array.from(fresh.childNodes));
    history.replaceState(null, "", address);
    month.querySelector<HTMLElement>("[data-focus]")?.focus({ preventScroll: true });
  } catch {
    location.href = address;
  } finally {
    month.classList.remove("is-waiting");
    month.removeAttribute("aria-busy");
  }
}
