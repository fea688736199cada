-- Where the sandbox's bank sends the payer after its question.
ALTER TABLE sandbox_card_payments ADD COLUMN return_url text;
