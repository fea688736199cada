-- As `lock_cards.sql`, but as they stand, newest first.
--
-- $1 one card, or $2 whoever has them, or $3 the batch they were issued in; $4 and $5 after which; $6 how many at most.
SELECT c.id AS "id: GiftCardId", c.kind AS "kind: CardKind", c.state AS "state: CardState", c.currency AS "currency: Currency",
  c.issued_minor, a.balance_minor AS "balance_minor!", c.buyer_id AS "buyer_id: PersonId", c.holder_id AS "holder_id: PersonId",
  c.is_offered, c.last_day, c.zone, c.ends_at, c.batch_id AS "batch_id: GiftCardBatchId", c.replaces_id AS "replaces_id: GiftCardId",
  c.version, c.created_at
FROM gift_cards c JOIN ledger_accounts a ON a.kind = 'gift_card' AND a.owner_id = c.id AND a.currency = c.currency
WHERE (c.id = $1 OR c.holder_id = $2 OR c.batch_id = $3) AND ($4::timestamptz IS NULL OR (c.created_at, c.id) < ($4, $5))
ORDER BY c.created_at DESC, c.id DESC LIMIT $6
