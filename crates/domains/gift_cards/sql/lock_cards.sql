-- Cards with what is left on them, locked in the order of their ids; each has had an account since it was issued.
--
-- $1 their ids.
SELECT c.id AS "id: GiftCardId", c.kind AS "kind: CardKind", c.state AS "state: CardState", c.currency AS "currency: Currency",
  c.issued_minor, a.balance_minor AS "balance_minor!", c.buyer_id AS "buyer_id: PersonId", c.holder_id AS "holder_id: PersonId",
  c.is_offered, c.last_day, c.zone, c.ends_at, c.batch_id AS "batch_id: GiftCardBatchId", c.replaces_id AS "replaces_id: GiftCardId",
  c.version, c.created_at
FROM gift_cards c JOIN ledger_accounts a ON a.kind = 'gift_card' AND a.owner_id = c.id AND a.currency = c.currency
WHERE c.id = ANY($1) ORDER BY c.id FOR UPDATE OF c, a
