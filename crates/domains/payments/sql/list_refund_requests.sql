-- Refunds that our staff asked for, newest first.
--
-- $1 one of them, or any; $2 in a state, or any; $3 of a booking or purchase, or any; $4 and $5 after which; $6 how many at most.
SELECT r.id AS "id: RefundRequestId", r.intent_id AS "intent_id: IntentId", i.subject_kind, i.booking_id AS subject_id, r.amount_minor,
  r.currency AS "currency: Currency", r.reason, r.state AS "state: RefundRequestState", r.asked_by AS "asked_by: PersonId", r.asked_at,
  r.decided_by AS "decided_by: PersonId", r.decided_at
FROM refund_requests r JOIN payment_intents i ON i.id = r.intent_id
WHERE ($1::uuid IS NULL OR r.id = $1) AND ($2::text IS NULL OR r.state = $2) AND ($3::uuid IS NULL OR i.booking_id = $3)
  AND ($4::timestamptz IS NULL OR (r.asked_at, r.id) < ($4, $5))
ORDER BY r.asked_at DESC, r.id DESC LIMIT $6
