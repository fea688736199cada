-- As `lock_cards.sql`, but as they stand, newest first, with the end of the latest code and what their buyer chose. The origins of a card
-- are the cards that it was sent from or that it replaces; one of them was bought, if any was.
--
-- $1 these cards, or $2 whoever has them, or $3 the batch they were issued in; $4 and $5 after which; $6 how many at most.
WITH RECURSIVE wanted AS MATERIALIZED (
  SELECT c.*, a.balance_minor
  FROM gift_cards c JOIN ledger_accounts a ON a.kind = 'gift_card' AND a.owner_id = c.id AND a.currency = c.currency
  WHERE (c.id = ANY($1::uuid[]) OR c.holder_id = $2 OR c.batch_id = $3) AND ($4::timestamptz IS NULL OR (c.created_at, c.id) < ($4, $5))
  ORDER BY c.created_at DESC, c.id DESC LIMIT $6
), origins AS (
  SELECT id AS card_id, id AS origin_id, false AS was_sent FROM wanted
  UNION SELECT o.card_id, before.id, o.was_sent OR before.was_sent FROM origins o CROSS JOIN LATERAL (
    SELECT t.from_card_id AS id, true AS was_sent FROM gift_card_transfers t WHERE t.card_id = o.origin_id
    UNION ALL SELECT c.replaces_id, false FROM gift_cards c WHERE c.id = o.origin_id AND c.replaces_id IS NOT NULL
  ) before
)
SELECT c.id AS "id!: GiftCardId", c.kind AS "kind!: CardKind", c.state AS "state!: CardState", c.currency AS "currency!: Currency",
  c.issued_minor AS "issued_minor!", c.balance_minor AS "balance_minor!", c.buyer_id AS "buyer_id: PersonId",
  c.holder_id AS "holder_id: PersonId", c.is_offered AS "is_offered!", c.last_day, c.zone, c.ends_at,
  c.batch_id AS "batch_id: GiftCardBatchId", c.replaces_id AS "replaces_id: GiftCardId", c.version AS "version!",
  c.created_at AS "created_at!", code.last_group AS "last_group?", bought.was_sent AS "was_sent?", bought.design AS "design?: CardDesign",
  bought.sender_name AS "sender_name?", bought.message AS "message?"
FROM wanted c
LEFT JOIN LATERAL (
  SELECT g.last_group FROM gift_card_codes g WHERE g.card_id = c.id ORDER BY g.created_at DESC LIMIT 1
) code ON true
LEFT JOIN LATERAL (
  SELECT o.was_sent, b.design, b.sender_name, b.message FROM origins o JOIN gift_card_orders b ON b.card_id = o.origin_id
  WHERE o.card_id = c.id LIMIT 1
) bought ON true
ORDER BY c.created_at DESC, c.id DESC
