-- The steps of somebody's credit in a currency ($1, $2), numbered as the postings of its account are, after step $3. What a step is about
-- is named only if it is theirs: credit also goes back for what somebody else has paid.
SELECT p.version AS "number!", t.template, -p.amount_minor AS "change_minor!", p.balance_minor AS "balance_minor!", t.occurred_at,
  -- What was set aside for a payment is spent once that is completed.
  EXISTS (SELECT FROM ledger_transfers s WHERE s.subject_id = t.subject_id AND s.template = 'credit_spent'
    AND s.reference_kind = 'payment_leg' AND s.reference_id = t.reference_id) AS "is_spent!",
  b.id AS "booking_id?: BookingId", b.reference AS "reference?", o.id AS "order_id?: GiftCardOrderId", c.id AS "card_id?: GiftCardId",
  (SELECT k.last_group FROM gift_card_codes k WHERE k.card_id = c.id ORDER BY k.created_at DESC LIMIT 1) AS last_group
FROM ledger_accounts a
JOIN ledger_postings p ON p.account_id = a.id
JOIN ledger_transfers t ON t.id = p.transfer_id
LEFT JOIN payment_legs l ON t.reference_kind = 'payment_leg' AND l.id = t.reference_id
LEFT JOIN payment_intents i ON i.id = l.intent_id AND i.customer_id = a.owner_id
LEFT JOIN bookings b ON i.subject_kind = 'booking' AND b.id = i.booking_id
LEFT JOIN gift_card_orders o ON o.buyer_id = a.owner_id
  AND o.id = CASE WHEN i.subject_kind = 'gift_card_order' THEN i.booking_id
    WHEN t.reference_kind = 'gift_card_order' THEN t.reference_id END
LEFT JOIN gift_cards c ON t.subject_kind = 'gift_card' AND c.id = t.subject_id AND c.holder_id = a.owner_id
WHERE a.kind = 'customer_credit' AND a.owner_id = $1 AND a.currency = $2 AND p.version > $3
ORDER BY p.version LIMIT $4
