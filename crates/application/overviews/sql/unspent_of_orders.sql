-- What is unspent of the prices of bought cards ($1) at a moment ($2) and still their buyers' own: on cards that they have, on those that
-- nobody has claimed, and in credit that such value became. What they have first, then what they gave away and nobody took, then credit.
WITH RECURSIVE bought AS (
  SELECT id, card_id, buyer_id, currency FROM gift_card_orders WHERE id = ANY($1) AND card_id IS NOT NULL
), reached AS (
  SELECT id AS order_id, buyer_id, currency, card_id FROM bought
  UNION SELECT r.order_id, r.buyer_id, r.currency, next.id FROM reached r CROSS JOIN LATERAL (
    SELECT t.card_id AS id FROM gift_card_transfers t WHERE t.from_card_id = r.card_id
    UNION ALL SELECT c.id FROM gift_cards c WHERE c.replaces_id = r.card_id
  ) next
), on_card AS (
  SELECT r.order_id, c.id AS card_id, t.from_card_id, a.balance_minor AS minor,
    CASE WHEN c.holder_id IS NOT NULL THEN 0 WHEN t.card_id IS NULL THEN 1 ELSE 2 END AS place
  FROM reached r JOIN gift_cards c ON c.id = r.card_id
  JOIN ledger_accounts a ON a.kind = 'gift_card' AND a.owner_id = c.id AND a.currency = c.currency
  LEFT JOIN gift_card_transfers t ON t.card_id = c.id AND t.state = 'offered'
  WHERE c.state NOT IN ('expired', 'void') AND (c.ends_at IS NULL OR c.ends_at > $2)
    AND coalesce(c.holder_id, t.sender_id, r.buyer_id) = r.buyer_id
), came AS (
  SELECT r.order_id, -sum(e.change_minor) AS minor
  FROM reached r JOIN gift_card_entries e ON e.card_id = r.card_id AND e.kind = 'redeemed' AND e.actor_id = r.buyer_id GROUP BY r.order_id
  UNION ALL
  SELECT r.order_id, sum(f.amount_minor)
  FROM reached r JOIN payment_legs l ON l.provider = 'gift_cards' AND l.provider_ref = r.card_id::text
  JOIN payment_intents i ON i.id = l.intent_id AND i.customer_id = r.buyer_id
  JOIN refunds f ON f.leg_id = l.id AND f.is_kept AND f.state = 'succeeded' GROUP BY r.order_id
  UNION ALL
  -- What a bank, or an earlier refund, took of it, and what the bank gave back.
  SELECT b.id, -sum(p.amount_minor)
  FROM bought b JOIN ledger_transfers t ON t.subject_id = b.buyer_id
    AND t.template IN ('credit_charged_back', 'credit_restored', 'credit_reclaimed') AND (t.reference_id = b.id OR t.reference_id IN (
      SELECT l.id FROM payment_intents i JOIN payment_legs l ON l.intent_id = i.id WHERE i.booking_id = b.id))
  JOIN ledger_postings p ON p.transfer_id = t.id JOIN ledger_accounts a ON a.id = p.account_id AND a.kind = 'customer_credit'
  GROUP BY b.id
)
SELECT order_id AS "order!: GiftCardOrderId", card_id AS "card?: GiftCardId", from_card_id AS "from_card?: GiftCardId", minor AS "minor!"
FROM (
  SELECT order_id, card_id, from_card_id, minor, place FROM on_card
  UNION ALL
  SELECT b.id, NULL, NULL, least(a.balance_minor, (SELECT sum(came.minor) FROM came WHERE came.order_id = b.id))::bigint, 3
  FROM bought b JOIN ledger_accounts a ON a.kind = 'customer_credit' AND a.owner_id = b.buyer_id AND a.currency = b.currency
) part
WHERE minor > 0 ORDER BY order_id, place, card_id
