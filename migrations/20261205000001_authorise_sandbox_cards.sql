-- The sandbox's bank learns to set money aside before it takes it.
-- Previous release: it reads only these rows' states, and authorises nothing; what this release set aside it is not asked about.
ALTER TABLE sandbox_card_payments
  ADD COLUMN is_captured_later boolean NOT NULL DEFAULT false,
  DROP CONSTRAINT sandbox_card_payments_state_check,
  ADD CONSTRAINT sandbox_card_payments_state_check
    CHECK (state IN ('succeeded', 'declined', 'action_required', 'processing', 'cancelled', 'authorised'));
