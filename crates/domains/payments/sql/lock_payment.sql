-- As `find_payment.sql`, but locked: first the intent, then its parts are read, as they are after the lock was taken.
--
-- $1 its id, or $2 what it pays for; $3 the state 'open'.
WITH locked AS MATERIALIZED (
  SELECT * FROM payment_intents WHERE id = $1 OR booking_id = $2
  ORDER BY state = $3 DESC, created_at DESC, id DESC LIMIT 1 FOR UPDATE
)
SELECT id AS "id: IntentId", subject_kind, booking_id AS subject_id, customer_id AS "customer_id: PersonId", due_minor,
  currency AS "currency: Currency", state AS "state: IntentState", pay_by, settle_by, created_at, settled_at,
  payment_parts(id) AS "parts!: Json<PaymentParts>"
FROM locked
