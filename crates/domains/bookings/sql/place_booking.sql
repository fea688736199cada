-- A booking with all that belongs to it, in one round trip: no row comes back when its time is taken.
--
-- The advisory lock makes two who want one calendar take turns, which bare inserts against the constraint turn into deadlocks.
-- A row that this statement deletes does not stand in the way of its insert, because the constraint looks at rows as they are
-- and not at the statement's snapshot.
--
-- $38 hold, $39 its span, $40 when it lapses (null: no time is held); $41 fact, $42 its topic, $43 its payload
WITH turn AS MATERIALIZED (
  SELECT pg_advisory_xact_lock(hashtextextended(($4::uuid)::text || current_schema(), 0)) IS NOT NULL AS ours
  WHERE $38::uuid IS NOT NULL
),
lapsed AS (
  DELETE FROM allocations USING turn
  WHERE turn.ours AND celebrity_id = $4 AND kind = 'hold' AND expires_at <= $31 AND span && $39::tstzrange
  RETURNING 1
),
held AS (
  INSERT INTO allocations (id, celebrity_id, span, kind, booking_id, expires_at, created_at)
  SELECT $38, $4, $39::tstzrange, 'hold', $1, $40::timestamptz, $31 FROM turn WHERE turn.ours AND (SELECT count(*) FROM lapsed) >= 0
  ON CONFLICT DO NOTHING
  RETURNING id
),
booking AS (
  INSERT INTO bookings (id, reference, customer_id, celebrity_id, offering_id, kind, mode, status, payment_status, fulfilment_status, title,
    starts_at, ends_at, starts_local, time_zone, customer_time_zone, tzdb_version, buffer_before_minutes, buffer_after_minutes, deliver_by, brief,
    price_minor, service_fee_minor, tax_minor, total_minor, currency, commission_bps, policy, hold_expires_at, version, created_at, updated_at)
  SELECT $1::uuid, $2::text, $3::uuid, $4::uuid, $5::uuid, $6::text, $7::text, $8::text, $9::text, $10::text, $11::text,
    $12::timestamptz, $13::timestamptz, $14::timestamp, $15::text, $16::text, $17::text, $18::integer, $19::integer, $20::timestamptz, $21::text,
    $22::bigint, $23::bigint, $24::bigint, $25::bigint, $26::text, $27::integer, $28::jsonb, $29::timestamptz, $30::integer, $31::timestamptz, $31
  WHERE $38::uuid IS NULL OR EXISTS (SELECT FROM held)
  RETURNING id
),
event AS (
  INSERT INTO booking_events (booking_id, version, kind, actor_kind, actor_id, occurred_at, details)
  SELECT id, $30, $32, $33, $34, $31, $35 FROM booking
),
deadline AS (
  INSERT INTO booking_deadlines (booking_id, kind, due_at)
  SELECT id, $36::text, $37::timestamptz FROM booking WHERE $36::text IS NOT NULL
)
SELECT append_fact($41, $42, id, $43, $31) FROM booking
