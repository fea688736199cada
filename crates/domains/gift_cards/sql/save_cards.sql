-- Saves the changes of locked cards: each step is an entry, and the last step of a card is what it is now. Codes of cards that were
-- claimed, sent, taken back or emptied end.
--
-- $1 now; $2 to $12 steps by column.
WITH step AS (
  SELECT * FROM unnest($2::uuid[], $3::bigint[], $4::text[], $5::uuid[], $6::boolean[], $7::text[], $8::bigint[], $9::bigint[],
    $10::uuid[], $11::text[], $12::text[], $13::uuid[])
  AS step (card_id, number, state, holder_id, is_offered, kind, change_minor, balance_minor, about_id, reason, actor_kind, actor_id)
),
last AS (
  SELECT DISTINCT ON (card_id) * FROM step ORDER BY card_id, number DESC
),
card AS (
  UPDATE gift_cards c SET state = last.state, holder_id = last.holder_id, is_offered = last.is_offered, version = last.number,
    updated_at = $1
  FROM last WHERE c.id = last.card_id
),
code AS (
  UPDATE gift_card_codes SET ended_at = $1
  WHERE ended_at IS NULL AND card_id IN (
    SELECT card_id FROM step
    WHERE kind IN ('claimed', 'offered', 'taken_back', 'replaced', 'expired') OR (kind = 'reclaimed' AND state = 'void')
  )
)
INSERT INTO gift_card_entries (card_id, number, kind, change_minor, balance_minor, about_id, reason, actor_kind, actor_id, occurred_at)
SELECT card_id, number, kind, change_minor, balance_minor, about_id, reason, actor_kind, actor_id, $1 FROM step
