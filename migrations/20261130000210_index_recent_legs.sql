-- Legs of the last days without a result are looked for every hour.
CREATE INDEX payment_legs_created ON payment_legs (created_at);
