// Counts down to the moment in `datetime`, and says so when it has come.
import { remaining } from "../lib/remaining.ts";

export function mount(element: HTMLElement): void {
  const ends_at = Date.parse(element.getAttribute("datetime") ?? "");
  if (Number.isNaN(ends_at)) return;
  const show = (): void => {
    const left = remaining(ends_at, Date.now());
    element.textContent = left ?? element.dataset.over ?? "";
    if (left === null) clearInterval(timer);
  };
  const timer = setInterval(show, 1000);
  show();
}
