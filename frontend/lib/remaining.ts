// Pure: what is left until a moment, as a clock shows it.

/** `14:09`, `1:05:00`; null when the moment has passed. Both arguments are milliseconds since 1970. */
export function remaining(ends_at: number, now: number): string | null {
  const seconds = Math.ceil((ends_at - now) / 1000);
  if (seconds <= 0) return null;
  const two = (count: number): string => String(count).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
