-- Chargebacks with what they are about, newest first.
--
-- $1 one of them, or any; $2 in a state, or any; $3 and $4 after which; $5 how many at most.
SELECT c.id AS "id: ChargebackId", l.intent_id AS "intent_id: IntentId", c.leg_id AS "leg_id: LegId", i.subject_kind,
  i.booking_id AS subject_id, i.customer_id AS "customer_id: PersonId", c.provider, c.dispute_ref, c.amount_minor, c.taken_back_minor,
  c.currency AS "currency: Currency", c.state AS "state: ChargebackState", c.note, c.closed_by AS "closed_by: PersonId", c.closed_at,
  c.won_at, c.opened_at, c.recorded_at
FROM chargebacks c JOIN payment_legs l ON l.id = c.leg_id JOIN payment_intents i ON i.id = l.intent_id
WHERE ($1::uuid IS NULL OR c.id = $1) AND ($2::text IS NULL OR c.state = $2)
  AND ($3::timestamptz IS NULL OR (c.recorded_at, c.id) < ($3, $4))
ORDER BY c.recorded_at DESC, c.id DESC LIMIT $5
