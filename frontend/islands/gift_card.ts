// Shows the card that is being bought as it will look, while its words and amount are typed.
import { shown_amount } from "../lib/shown_amount.ts";

/** An amount of more characters is drawn smaller. */
const LONG = 6;

export function mount(shop: HTMLElement): void {
  const show = (): void => {
    const typed = (name: string): string =>
      shop.querySelector<HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement>(`[name="${name}"]`)?.value.trim() ?? "";
    const amount = shown_amount(typed("amount"), typed("currency"));
    for (const one of shop.querySelectorAll(".gift-amount")) {
      if (amount !== null) one.textContent = amount;
      one.classList.toggle("is-long", (one.textContent ?? "").length > LONG);
    }
    for (const one of shop.querySelectorAll(".gift-preview .gift-message")) one.textContent = typed("message");
    const from = typed("from");
    for (const one of shop.querySelectorAll(".gift-preview .gift-name")) one.textContent = from === "" ? "" : `from ${from}`;
  };
  shop.addEventListener("input", show);
  show();
}
