-- Inserts bookings with everything that belongs to them, in one round trip. Returns the ids of those whose time was free.
--
-- $1 now, $50 the version of the time zones, $51 how long to wait for a calendar, in milliseconds; the other parameters are columns
-- of what is wanted. A hold's id is null where no time is held, a deadline where none runs.
WITH patience AS MATERIALIZED (
  -- Here too, because a group that holds no time never comes to `hold_times`.
  SELECT set_config('lock_timeout', ($51::integer)::text, true) AS is_set
),
wanted AS MATERIALIZED (
  SELECT wanted.* FROM patience CROSS JOIN unnest(
    $2::uuid[], $3::text[], $4::uuid[], $5::uuid[], $6::uuid[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[],
    $12::text[], $13::timestamptz[], $14::timestamptz[], $15::timestamp[], $16::text[], $17::text[], $18::integer[], $19::integer[],
    $20::timestamptz[], $21::text[], $22::bigint[], $23::bigint[], $24::bigint[], $25::bigint[], $26::text[], $27::integer[],
    $28::jsonb[], $29::timestamptz[], $30::integer[], $31::text[], $32::jsonb[], $33::text[], $34::uuid[], $35::text[], $36::timestamptz[],
    $37::uuid[], $38::timestamptz[], $39::timestamptz[], $40::uuid[], $41::text[], $42::smallint[], $43::jsonb[],
    $44::uuid[], $45::text[], $46::text[], $47::bytea[], $48::smallint[], $49::bytea[])
  AS wanted (id, reference, customer_id, celebrity_id, offering_id, kind, mode, status, payment_status, fulfilment_status,
    title, starts_at, ends_at, starts_local, time_zone, customer_time_zone, buffer_before_minutes, buffer_after_minutes,
    deliver_by, brief, price_minor, service_fee_minor, tax_minor, total_minor, currency, commission_bps,
    policy, hold_expires_at, version, change, details, actor_kind, actor_id, deadline, due_at,
    hold_id, held_from, held_to, fact_id, topic, fact_version, payload,
    answered_id, route, key, request_hash, answer_status, answer_body)
  WHERE is_set IS NOT NULL
),
held AS MATERIALIZED (
  SELECT unnest(hold_times(array_agg(hold_id), array_agg(celebrity_id), array_agg(tstzrange(held_from, held_to)), array_agg(id),
    array_agg(hold_expires_at), $1, $51)) AS booking_id
  FROM wanted WHERE hold_id IS NOT NULL
),
booking AS (
  INSERT INTO bookings (id, reference, customer_id, celebrity_id, offering_id, kind, mode, status, payment_status, fulfilment_status, title,
    starts_at, ends_at, starts_local, time_zone, customer_time_zone, tzdb_version, buffer_before_minutes, buffer_after_minutes, deliver_by,
    brief, price_minor, service_fee_minor, tax_minor, total_minor, currency, commission_bps, policy, hold_expires_at, version,
    created_at, updated_at)
  SELECT id, reference, customer_id, celebrity_id, offering_id, kind, mode, status, payment_status, fulfilment_status, title,
    starts_at, ends_at, starts_local, time_zone, customer_time_zone, $50, buffer_before_minutes, buffer_after_minutes, deliver_by,
    brief, price_minor, service_fee_minor, tax_minor, total_minor, currency, commission_bps, policy, hold_expires_at, version, $1, $1
  FROM wanted WHERE hold_id IS NULL OR id IN (SELECT booking_id FROM held)
  RETURNING id
),
event AS (
  INSERT INTO booking_events (booking_id, version, kind, actor_kind, actor_id, occurred_at, details)
  SELECT id, version, change, actor_kind, actor_id, $1, details FROM wanted JOIN booking USING (id)
),
due AS (
  INSERT INTO booking_deadlines (booking_id, kind, due_at)
  SELECT id, deadline, due_at FROM wanted JOIN booking USING (id) WHERE deadline IS NOT NULL
)
SELECT array_agg(id) AS "ids: Vec<BookingId>",
  append_facts(array_agg(fact_id), array_agg(topic), array_agg(fact_version), array_agg(id), array_agg(payload), $1),
  keep_answers(array_agg(answered_id), array_agg(route), array_agg(key), array_agg(request_hash),
    array_agg(answer_status), array_agg(answer_body), $1)
FROM wanted JOIN booking USING (id)
