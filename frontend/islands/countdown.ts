// Counts down to the moment in `datetime`, and says so when it has come. Where `data-then` is `reload`, the page is drawn anew then.
import { remaining } from "../lib/remaining.ts";

export function mount(element: HTMLElement): void {
  const ends_at = Date.parse(element.getAttribute("datetime") ?? "");
  if (Number.isNaN(ends_at)) return;
  let was_running = false;
  const show = (): void => {
    const left = remaining(ends_at, Date.now());
    const { before = "", after = "", over = "" } = element.dataset;
    element.textContent = left === null ? over : `${before}${left}${after}`;
    if (left !== null) {
      was_running = true;
      return;
    }
    clearInterval(timer);
    // A page that opened after the moment, by this device's clock, is not drawn again and again.
    if (was_running && element.dataset.then === "reload") location.reload();
  };
  const timer = setInterval(show, 1000);
  show();
}
