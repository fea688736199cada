-- What there is of stored value, each kind of thing with how often.
SELECT what AS "what!", count(*) AS "count!" FROM (
  SELECT 'card ' || kind || ' ' || state AS what FROM gift_cards
  UNION ALL
  SELECT 'card ' || CASE WHEN c.is_offered THEN 'on its way' WHEN c.holder_id IS NULL THEN 'unclaimed' WHEN a.balance_minor = 0 THEN 'spent'
    WHEN a.balance_minor < c.issued_minor THEN 'partly spent' ELSE 'unspent' END
  FROM gift_cards c JOIN ledger_accounts a ON a.kind = 'gift_card' AND a.owner_id = c.id AND a.currency = c.currency
  WHERE c.state = 'active'
  UNION ALL
  SELECT DISTINCT 'currency ' || currency FROM gift_cards
  UNION ALL
  SELECT 'tender ' || string_agg(method, ' ' ORDER BY position) FROM payment_legs WHERE state = 'captured' GROUP BY intent_id
  UNION ALL
  SELECT 'tender set aside' FROM payment_legs WHERE state = 'held'
  UNION ALL
  SELECT 'tender let go' FROM payment_legs WHERE state = 'void'
  UNION ALL
  SELECT 'refund to ' || CASE WHEN r.is_kept THEN 'be kept of ' ELSE '' END || l.method
  FROM refunds r JOIN payment_legs l ON l.id = r.leg_id
  UNION ALL
  SELECT 'credit' FROM ledger_accounts WHERE kind = 'customer_credit' AND balance_minor > 0
  UNION ALL
  SELECT 'sent ' || state FROM gift_card_transfers
  UNION ALL
  SELECT 'order ' || state FROM gift_card_orders
  UNION ALL
  SELECT 'award' FROM loyalty_awards
  UNION ALL
  SELECT 'request ' || state FROM refund_requests
  UNION ALL
  SELECT 'chargeback ' || CASE WHEN won_at IS NULL THEN state ELSE 'won' END FROM chargebacks
  UNION ALL
  SELECT 'breakage' FROM ledger_transfers t JOIN ledger_postings p ON p.transfer_id = t.id JOIN ledger_accounts a ON a.id = p.account_id
  WHERE t.template = 'gift_card_expired' AND a.kind = 'breakage'
) AS things GROUP BY what ORDER BY what
