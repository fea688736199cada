-- When the bank of the sandbox decided for us.
ALTER TABLE sandbox_card_disputes ADD COLUMN won_at timestamptz;
