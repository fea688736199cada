-- The sandbox's bank learns to take back what a payer disputes.
CREATE TABLE sandbox_card_disputes (
  provider_ref text PRIMARY KEY REFERENCES sandbox_card_payments (provider_ref),
  amount_minor bigint NOT NULL CHECK (amount_minor > 0),
  opened_at    timestamptz NOT NULL
);
