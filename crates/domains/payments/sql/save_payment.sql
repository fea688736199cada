-- Saves the changes of a locked payment in one round trip.
--
-- $1 now; $2 to $4 the intent with its state and when it was settled; $5 to $10 legs that changed; $11 to $17 receipts; $18 to $23
-- new refunds, and $32 and $33, $24 their state; $25 paid refunds, $26 their state; $27 to $31 facts; $34 refunds that were stopped, $35
-- their state.
WITH intent AS (
  UPDATE payment_intents SET state = $3, settled_at = coalesce(settled_at, $4) WHERE id = $2
  RETURNING currency
),
receipt AS (
  INSERT INTO payment_receipts (id, leg_id, provider, event, amount_minor, surplus_minor, currency, received_at)
  SELECT *, $1 FROM unnest($11::uuid[], $12::uuid[], $13::text[], $14::text[], $15::bigint[], $16::bigint[], $17::text[])
  RETURNING leg_id, amount_minor, surplus_minor, currency
),
owed AS (
  INSERT INTO refunds (id, leg_id, amount_minor, currency, reason, is_surplus, is_kept, chargeback_id, state, created_at, updated_at)
  SELECT *, $24, $1, $1
  FROM unnest($18::uuid[], $19::uuid[], $20::bigint[], $21::text[], $22::text[], $23::boolean[], $32::boolean[], $33::uuid[])
  RETURNING leg_id, amount_minor, currency
),
brought AS (
  SELECT leg_id, sum(amount_minor) AS captured, sum(surplus_minor) AS surplus FROM receipt JOIN intent USING (currency) GROUP BY leg_id
),
stopped AS (
  UPDATE refunds SET state = $35, updated_at = $1 WHERE id = ANY($34) RETURNING leg_id, -amount_minor AS amount_minor, currency
),
taken AS (
  SELECT leg_id, sum(amount_minor) AS refunded FROM (SELECT * FROM owed UNION ALL SELECT * FROM stopped) AS changed
  JOIN intent USING (currency) GROUP BY leg_id
),
leg AS (
  UPDATE payment_legs SET state = changed.state, provider_ref = changed.provider_ref, action_url = changed.action_url,
    failure_code = changed.failure_code, given_up_at = changed.given_up_at, updated_at = $1,
    captured_minor = captured_minor + coalesce(brought.captured, 0),
    surplus_minor = surplus_minor + coalesce(brought.surplus, 0),
    refunded_minor = refunded_minor + coalesce(taken.refunded, 0)
  FROM unnest($5::uuid[], $6::text[], $7::text[], $8::text[], $9::text[], $10::timestamptz[])
    AS changed (id, state, provider_ref, action_url, failure_code, given_up_at)
    LEFT JOIN brought ON brought.leg_id = changed.id LEFT JOIN taken ON taken.leg_id = changed.id
  WHERE payment_legs.id = changed.id
),
arrived AS (
  UPDATE refunds SET state = $26, updated_at = $1 WHERE id = ANY($25)
)
SELECT append_facts($27, $28, $29, $30, $31, $1)
