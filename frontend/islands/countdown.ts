// Counts down to the moment in `datetime`, and says so when it has come.
import { remaining } from "../lib/remaining.ts";

export function mount(element: HTMLElement): void {
  const ends_at = Date.parse(element.getAttribute("datetime") ?? "");
  if (Number.isNaN(ends_at)) return;
  const show = (): void => {
    const left = remaining(ends_at, Date.now());
    const { before = "", after = "", over = "" } = element.dataset;
    element.textContent = left === null ? over : `${before}${left}${after}`;
    if (left === null) clearInterval(timer);
  };
  const timer = setInterval(show, 1000);
  show();
}
