-- Stored value: gift cards with their codes and history. Balances stand in the ledger.
INSERT INTO ledger_account_kinds (kind, normal_side, may_be_overdrawn, is_guarded, meaning) VALUES
  ('gift_card', 'credit', false, true, 'on a gift card, to be spent'),
  ('gift_hold', 'credit', false, true, 'on a gift card, set aside for payments under way'),
  ('customer_credit', 'credit', false, true, 'credit of a customer, to be spent'),
  ('credit_hold', 'credit', false, true, 'credit of a customer, set aside for payments under way'),
  ('promotion_costs', 'debit', true, false, 'given away as promotional and loyalty value'),
  ('goodwill_costs', 'debit', true, false, 'given away to make up for something'),
  ('breakage', 'credit', true, false, 'bought, never spent and expired');

CREATE TABLE gift_card_batches (
  id          uuid PRIMARY KEY,
  name        text NOT NULL CONSTRAINT gift_card_batches_name UNIQUE,
  kind        text NOT NULL CHECK (kind IN ('platform', 'promotional', 'loyalty', 'goodwill')),
  cards       integer NOT NULL CHECK (cards > 0),
  value_minor bigint NOT NULL CHECK (value_minor > 0),
  currency    char(3) NOT NULL,
  issued_by   uuid NOT NULL,
  reason      text NOT NULL,
  created_at  timestamptz NOT NULL
);

CREATE TABLE gift_cards (
  id           uuid PRIMARY KEY,
  kind         text NOT NULL CHECK (kind IN ('platform', 'promotional', 'loyalty', 'goodwill')),
  state        text NOT NULL CHECK (state IN ('scheduled', 'active', 'frozen', 'expired', 'void')),
  currency     char(3) NOT NULL,
  issued_minor bigint NOT NULL CHECK (issued_minor > 0),
  buyer_id     uuid,
  holder_id    uuid,
  is_offered   boolean NOT NULL DEFAULT false,
  -- The last day, where it ends, and the moment when it does.
  last_day     date,
  zone         text,
  ends_at      timestamptz,
  batch_id     uuid REFERENCES gift_card_batches (id),
  replaces_id  uuid UNIQUE REFERENCES gift_cards (id),
  version      bigint NOT NULL,
  created_at   timestamptz NOT NULL,
  updated_at   timestamptz NOT NULL,
  CONSTRAINT gift_cards_last_day CHECK ((last_day IS NULL) = (ends_at IS NULL) AND (last_day IS NULL) = (zone IS NULL)),
  CONSTRAINT gift_cards_offered CHECK (NOT is_offered OR holder_id IS NOT NULL)
);
CREATE INDEX gift_cards_holder ON gift_cards (holder_id) WHERE holder_id IS NOT NULL;
CREATE INDEX gift_cards_buyer ON gift_cards (buyer_id) WHERE buyer_id IS NOT NULL;
CREATE INDEX gift_cards_batch ON gift_cards (batch_id) WHERE batch_id IS NOT NULL;
CREATE INDEX gift_cards_ending ON gift_cards (ends_at) WHERE ends_at IS NOT NULL AND state IN ('active', 'frozen', 'scheduled');

-- A code opens a card once: it ends when the card is claimed, or when another takes its place.
CREATE TABLE gift_card_codes (
  hash       bytea PRIMARY KEY CHECK (length(hash) = 32),
  card_id    uuid NOT NULL REFERENCES gift_cards (id),
  -- By which people tell their cards apart; too short to guess the rest from.
  last_group char(4) NOT NULL,
  created_at timestamptz NOT NULL,
  ended_at   timestamptz
);
CREATE UNIQUE INDEX gift_card_codes_one_live ON gift_card_codes (card_id) WHERE ended_at IS NULL;
CREATE INDEX gift_card_codes_card ON gift_card_codes (card_id);

-- The history of a card: each step with the balance after it.
CREATE TABLE gift_card_entries (
  card_id       uuid NOT NULL REFERENCES gift_cards (id),
  number        bigint NOT NULL,
  kind          text NOT NULL,
  change_minor  bigint NOT NULL,
  balance_minor bigint NOT NULL CHECK (balance_minor >= 0),
  -- The leg, card, person or redemption that it is about.
  about_id      uuid,
  reason        text,
  actor_kind    text NOT NULL,
  actor_id      uuid,
  occurred_at   timestamptz NOT NULL,
  PRIMARY KEY (card_id, number)
);
CREATE TRIGGER gift_card_entries_append_only BEFORE UPDATE OR DELETE ON gift_card_entries
  FOR EACH ROW EXECUTE FUNCTION ledger_is_append_only();
