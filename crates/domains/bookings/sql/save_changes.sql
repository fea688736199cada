-- Saves the changes of a locked booking in one round trip: history, deadlines, allocations, facts, and the booking itself.
--
-- $1 now; $2 to $14 the booking; $15 to $19 columns of its history; $20 and $21 the open deadlines, all others are closed; $22 whether
-- its time is given back; $23 to $27 facts.
WITH booking AS (
  UPDATE bookings SET status = $3, payment_status = $4, fulfilment_status = $5, cancelled_by = $6, price_minor = $7, service_fee_minor = $8,
    total_minor = $9, hold_expires_at = $10, version = $11, updated_at = $12, confirmed_at = $13, redo_count = $14
  WHERE id = $2
),
event AS (
  INSERT INTO booking_events (booking_id, occurred_at, version, kind, actor_kind, actor_id, details)
  SELECT $2, $1, version, kind, $17, $18, details FROM unnest($15::integer[], $16::text[], $19::jsonb[]) AS event (version, kind, details)
),
closed AS (
  UPDATE booking_deadlines SET closed_at = $1 WHERE booking_id = $2 AND closed_at IS NULL AND kind <> ALL($20)
),
due AS (
  INSERT INTO booking_deadlines (booking_id, kind, due_at)
  SELECT $2, * FROM unnest($20::text[], $21::timestamptz[])
  ON CONFLICT (booking_id, kind) DO UPDATE SET due_at = excluded.due_at, closed_at = NULL, waits_until = NULL
),
freed AS (
  DELETE FROM allocations WHERE booking_id = $2 AND $22
)
SELECT append_facts($23, $24, $25, $26, $27, $1)
