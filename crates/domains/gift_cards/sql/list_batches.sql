-- Batches with what became of their cards, those that they were sent on as, or that took their place, included; newest first.
--
-- $1 one batch, or any; $2 and $3 after which; $4 how many at most.
SELECT b.id AS "id: GiftCardBatchId", b.name, b.kind AS "kind: CardKind", b.cards, b.value_minor, b.currency AS "currency: Currency",
  b.reason, b.created_at, f.claimed AS "claimed!", f.frozen AS "frozen!", f.running AS "running!", f.left_minor AS "left_minor!",
  f.held_minor AS "held_minor!", f.expired_minor AS "expired_minor!"
FROM (
  SELECT * FROM gift_card_batches
  WHERE ($1::uuid IS NULL OR id = $1) AND ($2::timestamptz IS NULL OR (created_at, id) < ($2, $3))
  ORDER BY created_at DESC, id DESC LIMIT $4
) b
CROSS JOIN LATERAL (
  WITH RECURSIVE reached AS (
    SELECT id FROM gift_cards WHERE batch_id = b.id
    UNION SELECT next.id FROM reached r CROSS JOIN LATERAL (
      SELECT t.card_id AS id FROM gift_card_transfers t WHERE t.from_card_id = r.id
      UNION ALL SELECT c.id FROM gift_cards c WHERE c.replaces_id = r.id
    ) next
  )
  SELECT count(*) FILTER (WHERE c.batch_id IS NOT NULL AND c.holder_id IS NOT NULL) AS claimed,
    count(*) FILTER (WHERE c.state = 'frozen') AS frozen,
    count(*) FILTER (WHERE c.state IN ('active', 'scheduled')) AS running,
    coalesce(sum(a.balance_minor), 0)::bigint AS left_minor, coalesce(sum(h.balance_minor), 0)::bigint AS held_minor,
    coalesce(sum((SELECT -sum(e.change_minor) FROM gift_card_entries e WHERE e.card_id = c.id AND e.kind = 'expired')), 0)::bigint
      AS expired_minor
  FROM reached r JOIN gift_cards c ON c.id = r.id
  JOIN ledger_accounts a ON a.kind = 'gift_card' AND a.owner_id = c.id AND a.currency = c.currency
  LEFT JOIN ledger_accounts h ON h.kind = 'gift_hold' AND h.owner_id = c.id AND h.currency = c.currency
) f
ORDER BY b.created_at DESC, b.id DESC
