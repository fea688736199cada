-- Bookings that are written together wait only briefly for a calendar that somebody else has locked, so that one of them does not
-- hold up the others. The name without `patience_ms` stays for servers of the previous release.
CREATE FUNCTION hold_times(ids uuid[], celebrity_ids uuid[], spans tstzrange[], booking_ids uuid[], ends timestamptz[], at timestamptz,
  patience_ms integer)
RETURNS uuid[] LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('lock_timeout', patience_ms::text, true);
  RETURN hold_times(ids, celebrity_ids, spans, booking_ids, ends, at);
END
$$;
