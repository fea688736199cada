-- Money that a bank takes back from us for a payer who disputes a charge.
INSERT INTO ledger_account_kinds (kind, normal_side, may_be_overdrawn, is_guarded, meaning) VALUES
  ('chargeback_receivable', 'debit', false, false, 'taken back by a bank, and not found again yet'),
  ('chargeback_losses', 'debit', true, false, 'taken back by a bank, and lost');

CREATE TABLE chargebacks (
  id               uuid PRIMARY KEY,
  leg_id           uuid NOT NULL REFERENCES payment_legs (id),
  provider         text NOT NULL,
  -- What the provider calls it.
  dispute_ref      text NOT NULL,
  amount_minor     bigint NOT NULL CHECK (amount_minor > 0),
  -- What was found on the gift cards that were bought with it.
  taken_back_minor bigint NOT NULL CHECK (taken_back_minor BETWEEN 0 AND amount_minor),
  currency         char(3) NOT NULL,
  state            text NOT NULL CHECK (state IN ('open', 'closed')),
  note             text,
  closed_by        uuid,
  closed_at        timestamptz,
  opened_at        timestamptz NOT NULL,
  recorded_at      timestamptz NOT NULL,
  CONSTRAINT chargebacks_once UNIQUE (provider, dispute_ref),
  CONSTRAINT chargebacks_closed CHECK ((state = 'open') = (closed_at IS NULL))
);
CREATE INDEX chargebacks_leg ON chargebacks (leg_id);
CREATE INDEX chargebacks_newest ON chargebacks (recorded_at, id);
CREATE INDEX chargebacks_open ON chargebacks (id) WHERE state = 'open';
