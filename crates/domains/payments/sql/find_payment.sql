-- Payments with everything that belongs to them; of a booking or purchase the live one first, and then the latest.
--
-- $1 its id, or $2 what it pays for, or $3 one of its legs, or $4 one of its refunds, or $5 and $6 a provider and what that calls it;
-- $7 the state of the live one; $8 how many at most.
SELECT id AS "id: IntentId", subject_kind, booking_id AS subject_id, customer_id AS "customer_id: PersonId", due_minor,
  currency AS "currency: Currency", state AS "state: IntentState", pay_by, settle_by, created_at, settled_at,
  payment_parts(id) AS "parts!: Json<PaymentParts>"
FROM payment_intents
WHERE id = $1 OR booking_id = $2
  OR id = (SELECT intent_id FROM payment_legs WHERE id = $3)
  OR id = (SELECT intent_id FROM payment_legs JOIN refunds ON refunds.leg_id = payment_legs.id WHERE refunds.id = $4)
  OR id = (SELECT intent_id FROM payment_legs WHERE provider = $5 AND provider_ref = $6 LIMIT 1)
ORDER BY state = $7 DESC, created_at DESC, id DESC LIMIT $8
