// Copies the text of the element that `data-from` names, and says so. Shown only where copying works.
export function mount(button: HTMLElement): void {
  const source = document.getElementById(button.dataset.from ?? "");
  if (!source || !navigator.clipboard) return;
  button.hidden = false;
  const label = button.textContent ?? "";
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText((source.textContent ?? "").trim());
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = label), 2000);
  });
}
