// Pure: an amount as cards show it, of what was typed.

/** `$50`, `$49.90`; null where what was typed is no amount of the currency, such as while it is typed. */
export function shown_amount(typed: string, currency: string): string | null {
  if (!/^\d{1,7}([.,]\d{1,3})?$/.test(typed) || !/^[A-Z]{3}$/.test(currency)) return null;
  const amount = Number(typed.replace(",", "."));
  const style: Intl.NumberFormatOptions = { style: "currency", currency };
  const written = new Intl.NumberFormat("en-US", style);
  const { maximumFractionDigits = 2 } = written.resolvedOptions();
  if ((typed.split(/[.,]/)[1] ?? "").length > maximumFractionDigits) return null;
  const whole = new Intl.NumberFormat("en-US", { ...style, maximumFractionDigits: 0 });
  return (Number.isInteger(amount) ? whole : written).format(amount);
}
