-- Cards that were sent to somebody by e-mail: each is a new card, with the value of the one that it was sent from.
CREATE TABLE gift_card_transfers (
  card_id      uuid PRIMARY KEY REFERENCES gift_cards (id),
  from_card_id uuid NOT NULL REFERENCES gift_cards (id),
  sender_id    uuid NOT NULL,
  to_email     text NOT NULL,
  message      text,
  state        text NOT NULL CHECK (state IN ('offered', 'claimed', 'taken_back')),
  created_at   timestamptz NOT NULL,
  ended_at     timestamptz,
  CONSTRAINT gift_card_transfers_ended CHECK ((state = 'offered') = (ended_at IS NULL))
);
CREATE UNIQUE INDEX gift_card_transfers_one_open ON gift_card_transfers (from_card_id) WHERE state = 'offered';
CREATE INDEX gift_card_transfers_from ON gift_card_transfers (from_card_id, created_at);
