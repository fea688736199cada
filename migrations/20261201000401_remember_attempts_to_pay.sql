-- Which attempt of a client opened a leg, and what it asked for: a retry finds its own leg, and only a retry sends its charge again.
ALTER TABLE payment_legs
  ADD COLUMN attempt_id uuid,
  ADD COLUMN request_id uuid,
  ADD CONSTRAINT payment_legs_request CHECK ((attempt_id IS NULL) = (request_id IS NULL));
CREATE UNIQUE INDEX payment_legs_attempt ON payment_legs (attempt_id) WHERE attempt_id IS NOT NULL;
