-- Inserts a leg, and its intent if that is new, in one round trip.
--
-- $1 now; $2 to $10 the leg; $11 to $18 the intent, whose id is null when it is there already; $19 to $23 facts.
WITH intent AS (
  INSERT INTO payment_intents (id, booking_id, customer_id, due_minor, currency, state, pay_by, settle_by, created_at)
  SELECT $11, $12, $13, $14, $15, $16, $17, $18, $1 WHERE $11::uuid IS NOT NULL
),
leg AS (
  INSERT INTO payment_legs (id, intent_id, position, method, one_open, provider, share_minor, state, attempt_id, request_id,
    created_at, updated_at)
  SELECT $2, $3, $4, method, one_open_per_intent, $6, $7, $8, $9, $10, $1, $1 FROM payment_methods WHERE method = $5
  RETURNING id
)
SELECT id AS "id!", append_facts($19, $20, $21, $22, $23, $1) FROM leg
