// Looks again by itself every few seconds, while somebody is looking. The link it sits on does the same by hand.
const pause_ms = 3_000;

export function mount(link: HTMLElement): void {
  setTimeout(() => {
    if (document.visibilityState === "visible") location.assign((link as HTMLAnchorElement).href);
    else mount(link);
  }, pause_ms);
}
