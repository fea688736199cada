-- What is on cards, by currency and kind.
SELECT c.currency AS "currency: Currency", c.kind AS "kind: CardKind",
  count(*) FILTER (WHERE a.balance_minor > 0 OR h.balance_minor > 0) AS "cards!",
  coalesce(sum(a.balance_minor), 0)::bigint AS "left_minor!", coalesce(sum(h.balance_minor), 0)::bigint AS "held_minor!",
  coalesce(sum(e.expired_minor), 0)::bigint AS "expired_minor!"
FROM gift_cards c
JOIN ledger_accounts a ON a.kind = 'gift_card' AND a.owner_id = c.id AND a.currency = c.currency
LEFT JOIN ledger_accounts h ON h.kind = 'gift_hold' AND h.owner_id = c.id AND h.currency = c.currency
LEFT JOIN (
  SELECT card_id, -sum(change_minor) AS expired_minor FROM gift_card_entries WHERE kind = 'expired' GROUP BY card_id
) e ON e.card_id = c.id
GROUP BY c.currency, c.kind ORDER BY c.currency, c.kind
