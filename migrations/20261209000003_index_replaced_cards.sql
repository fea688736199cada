-- no-transaction
-- The cards that took the place of another, which was looked up by the constraint before.
CREATE INDEX CONCURRENTLY gift_cards_replaces ON gift_cards (replaces_id) WHERE replaces_id IS NOT NULL;
