// Closes an open menu when somebody turns to something else: with Escape, by moving on, or by pressing elsewhere.
export function mount(element: HTMLElement): void {
  const menu = element as HTMLDetailsElement;
  const close = (): void => void (menu.open = false);
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    close();
    menu.querySelector("summary")?.focus();
  });
  menu.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !menu.contains(event.relatedTarget as Node)) close();
  });
  document.addEventListener("pointerdown", (event) => {
    if (!menu.contains(event.target as Node)) close();
  });
}
