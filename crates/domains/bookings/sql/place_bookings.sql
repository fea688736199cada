-- Bookings with all that belongs to them, in one round trip: those whose time is taken do not come back.
--
-- The advisory locks make those who want one calendar take turns, which bare inserts against the constraint turn into deadlocks;
-- they are taken in one order, so that two groups never wait for each other.
--
-- $1 the bookings, an array of objects with the names below; `hold_id` is null where no time is held, `deadline` where none runs.
-- $2 now
WITH wanted AS MATERIALIZED (
  SELECT *, tstzrange(held_from, held_to) AS span FROM jsonb_to_recordset($1) AS wanted (
    id uuid, reference text, customer_id uuid, celebrity_id uuid, offering_id uuid, kind text, mode text, status text,
    payment_status text, fulfilment_status text, title text, starts_at timestamptz, ends_at timestamptz, starts_local timestamp,
    time_zone text, customer_time_zone text, tzdb_version text, buffer_before_minutes integer, buffer_after_minutes integer,
    deliver_by timestamptz, brief text, price_minor bigint, service_fee_minor bigint, tax_minor bigint, total_minor bigint,
    currency text, commission_bps integer, policy jsonb, hold_expires_at timestamptz, version integer,
    change text, details jsonb, actor_kind text, actor_id uuid, deadline text, due_at timestamptz,
    hold_id uuid, held_from timestamptz, held_to timestamptz)
),
turn AS MATERIALIZED (
  SELECT pg_advisory_xact_lock(calendar) IS NOT NULL AS ours FROM (
    SELECT DISTINCT hashtextextended(celebrity_id::text || current_schema(), 0) AS calendar FROM wanted
    WHERE hold_id IS NOT NULL ORDER BY calendar) AS calendars
),
held AS (
  INSERT INTO allocations (id, celebrity_id, span, kind, booking_id, expires_at, created_at)
  SELECT hold_id, celebrity_id, span, 'hold', id, hold_expires_at, $2 FROM wanted
  WHERE hold_id IS NOT NULL AND (SELECT bool_and(ours) FROM turn)
  ON CONFLICT DO NOTHING
  RETURNING booking_id
),
booking AS (
  INSERT INTO bookings (id, reference, customer_id, celebrity_id, offering_id, kind, mode, status, payment_status, fulfilment_status, title,
    starts_at, ends_at, starts_local, time_zone, customer_time_zone, tzdb_version, buffer_before_minutes, buffer_after_minutes, deliver_by,
    brief, price_minor, service_fee_minor, tax_minor, total_minor, currency, commission_bps, policy, hold_expires_at, version,
    created_at, updated_at)
  SELECT id, reference, customer_id, celebrity_id, offering_id, kind, mode, status, payment_status, fulfilment_status, title,
    starts_at, ends_at, starts_local, time_zone, customer_time_zone, tzdb_version, buffer_before_minutes, buffer_after_minutes, deliver_by,
    brief, price_minor, service_fee_minor, tax_minor, total_minor, currency, commission_bps, policy, hold_expires_at, version, $2, $2
  FROM wanted WHERE hold_id IS NULL OR id IN (SELECT booking_id FROM held)
  RETURNING id
),
event AS (
  INSERT INTO booking_events (booking_id, version, kind, actor_kind, actor_id, occurred_at, details)
  SELECT id, version, change, actor_kind, actor_id, $2, details FROM wanted JOIN booking USING (id)
),
due AS (
  INSERT INTO booking_deadlines (booking_id, kind, due_at) SELECT id, deadline, due_at FROM wanted JOIN booking USING (id) WHERE deadline IS NOT NULL
)
SELECT id AS "id: BookingId" FROM booking
