-- Inserts a leg, and its intent if that is new, in one round trip.
--
-- $1 now; $2 to $11 the leg; $12 to $20 the intent, whose id is null when it is there already; $21 to $25 facts.
WITH intent AS (
  INSERT INTO payment_intents (id, subject_kind, booking_id, customer_id, due_minor, currency, state, pay_by, settle_by, created_at)
  SELECT $12, $13, $14, $15, $16, $17, $18, $19, $20, $1 WHERE $12::uuid IS NOT NULL
),
leg AS (
  INSERT INTO payment_legs (id, intent_id, position, method, one_open, provider, share_minor, state, provider_ref, attempt_id, request_id,
    created_at, updated_at)
  SELECT $2, $3, $4, method, one_open_per_intent, $6, $7, $8, $9, $10, $11, $1, $1 FROM payment_methods WHERE method = $5
  RETURNING id
)
SELECT id AS "id!", append_facts($21, $22, $23, $24, $25, $1) FROM leg
