-- Gift cards are bought: an order, paid like a booking, and the card that it brings.
-- Previous release: it reads no intents but those of bookings, whose ids it asks for; it does not know what an order is and leaves it alone.
ALTER TABLE payment_intents
  -- What `booking_id` is the id of.
  ADD COLUMN subject_kind text NOT NULL DEFAULT 'booking' CHECK (subject_kind IN ('booking', 'gift_card_order'));

INSERT INTO ledger_account_kinds (kind, normal_side, may_be_overdrawn, is_guarded, meaning) VALUES
  ('order_escrow', 'credit', false, false, 'paid for a gift card that is not issued yet');

-- What may be sold, as data with a date: the latest row of a currency that is valid counts.
CREATE TABLE gift_card_rules (
  currency     char(3) NOT NULL,
  valid_from   timestamptz NOT NULL,
  least_minor  bigint NOT NULL CHECK (least_minor > 0),
  most_minor   bigint NOT NULL,
  -- After so many months a bought card ends; null where the law or we say never.
  months_valid integer CHECK (months_valid > 0),
  PRIMARY KEY (currency, valid_from),
  CHECK (most_minor >= least_minor)
);
INSERT INTO gift_card_rules (currency, valid_from, least_minor, most_minor, months_valid) VALUES
  ('AUD', '2026-01-01T00:00Z', 1000, 200000, 36),
  ('CAD', '2026-01-01T00:00Z', 1000, 200000, NULL),
  ('CHF', '2026-01-01T00:00Z', 1000, 200000, 120),
  ('EUR', '2026-01-01T00:00Z', 1000, 200000, 36),
  ('GBP', '2026-01-01T00:00Z', 1000, 200000, 60),
  ('JPY', '2026-01-01T00:00Z', 1000, 200000, 60),
  ('KWD', '2026-01-01T00:00Z', 5000, 500000, 36),
  ('SEK', '2026-01-01T00:00Z', 10000, 2000000, 36),
  ('USD', '2026-01-01T00:00Z', 1000, 200000, NULL);

CREATE TABLE gift_card_orders (
  id              uuid PRIMARY KEY,
  buyer_id        uuid NOT NULL,
  value_minor     bigint NOT NULL CHECK (value_minor > 0),
  currency        char(3) NOT NULL,
  design          text NOT NULL,
  -- Whom it is for; null for the buyer themselves.
  recipient_email text,
  recipient_name  text,
  sender_name     text,
  message         text,
  -- When the recipient gets it; null for at once.
  deliver_at      timestamptz,
  time_zone       text NOT NULL,
  months_valid    integer,
  state           text NOT NULL CHECK (state IN ('awaiting_payment', 'paid', 'lapsed', 'returned')),
  pay_by          timestamptz NOT NULL,
  card_id         uuid UNIQUE REFERENCES gift_cards (id),
  -- When its mail was written.
  delivered_at    timestamptz,
  created_at      timestamptz NOT NULL,
  updated_at      timestamptz NOT NULL,
  CONSTRAINT gift_card_orders_card CHECK (card_id IS NULL OR state IN ('paid', 'returned'))
);
CREATE INDEX gift_card_orders_buyer ON gift_card_orders (buyer_id, created_at DESC);
CREATE INDEX gift_card_orders_unpaid ON gift_card_orders (pay_by) WHERE state = 'awaiting_payment';
