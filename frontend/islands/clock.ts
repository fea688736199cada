// Proposes the clock of the device where nobody has chosen one yet: on a first visit the server cannot know it.
export function mount(field: HTMLElement): void {
  const choice = field.querySelector("select");
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (choice?.value === "UTC" && [...choice.options].some((one) => one.value === zone)) choice.value = zone;
}
