WITH booking AS (
  INSERT INTO bookings (id, reference, customer_id, celebrity_id, offering_id, kind, mode, status, payment_status, fulfilment_status, title,
    starts_at, ends_at, starts_local, time_zone, customer_time_zone, tzdb_version, buffer_before_minutes, buffer_after_minutes, deliver_by, brief,
    price_minor, service_fee_minor, tax_minor, total_minor, currency, commission_bps, policy, hold_expires_at, version, created_at, updated_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $31)
  RETURNING id
),
event AS (
  INSERT INTO booking_events (booking_id, version, kind, actor_kind, actor_id, occurred_at, details)
  SELECT id, $30, $32, $33, $34, $31, $35 FROM booking
)
INSERT INTO booking_deadlines (booking_id, kind, due_at)
SELECT id, $36::text, $37::timestamptz FROM booking WHERE $36::text IS NOT NULL
