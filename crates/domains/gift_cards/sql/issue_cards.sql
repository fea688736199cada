-- Inserts cards with their codes and the first entries of their histories.
--
-- $1 now; $2 to $13 columns of the cards, $14 and $15 their codes, null for cards that a person holds from the start; $16 and $17 who
-- issued them, $18 why.
WITH given AS (
  SELECT * FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::uuid[], $8::uuid[], $9::date[], $10::text[],
    $11::timestamptz[], $12::uuid[], $13::uuid[], $14::bytea[], $15::text[])
  AS given (id, kind, state, currency, issued_minor, buyer_id, holder_id, last_day, zone, ends_at, batch_id, replaces_id, hash, last_group)
),
card AS (
  INSERT INTO gift_cards (id, kind, state, currency, issued_minor, buyer_id, holder_id, last_day, zone, ends_at, batch_id, replaces_id,
    version, created_at, updated_at)
  SELECT id, kind, state, currency, issued_minor, buyer_id, holder_id, last_day, zone, ends_at, batch_id, replaces_id, 1, $1, $1 FROM given
),
code AS (
  INSERT INTO gift_card_codes (hash, card_id, last_group, created_at)
  SELECT hash, id, last_group, $1 FROM given WHERE hash IS NOT NULL
)
INSERT INTO gift_card_entries (card_id, number, kind, change_minor, balance_minor, about_id, reason, actor_kind, actor_id, occurred_at)
SELECT id, 1, 'issued', issued_minor, issued_minor, coalesce(replaces_id, batch_id), $18, $16, $17, $1 FROM given
