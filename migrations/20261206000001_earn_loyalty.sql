-- Completed bookings earn loyalty value.
-- Few rows: three for each currency.
-- What is earned, as data with a date: of a currency the rows of the latest date that is valid count. Who completed bookings worth
-- `from_minor` within a year has the tier.
CREATE TABLE loyalty_tiers (
  currency     char(3) NOT NULL,
  valid_from   timestamptz NOT NULL,
  from_minor   bigint NOT NULL CHECK (from_minor >= 0),
  name         text NOT NULL,
  -- Hundredths of a per cent of the price.
  basis_points integer NOT NULL CHECK (basis_points BETWEEN 0 AND 10000),
  -- After so many months what was earned ends; null for never.
  months_valid integer CHECK (months_valid > 0),
  PRIMARY KEY (currency, valid_from, from_minor)
);
INSERT INTO loyalty_tiers (currency, valid_from, from_minor, name, basis_points, months_valid)
SELECT currency, '2026-01-01T00:00Z', from_major * major_minor * scale, name, basis_points, 12
FROM (VALUES ('AUD', 100, 1), ('CAD', 100, 1), ('CHF', 100, 1), ('EUR', 100, 1), ('GBP', 100, 1), ('JPY', 1, 100), ('KWD', 1000, 1),
  ('SEK', 100, 10), ('USD', 100, 1)) AS currencies (currency, major_minor, scale)
CROSS JOIN (VALUES ('Stalls', 0, 200), ('Circle', 1000, 300), ('Box', 5000, 500)) AS tiers (name, from_major, basis_points);

-- What a booking has earned.
CREATE TABLE loyalty_awards (
  booking_id   uuid PRIMARY KEY,
  person_id    uuid NOT NULL,
  currency     char(3) NOT NULL,
  -- The part of the price that was paid with one's own money and not refunded.
  base_minor   bigint NOT NULL CHECK (base_minor >= 0),
  basis_points integer NOT NULL,
  earned_minor bigint NOT NULL CHECK (earned_minor >= 0),
  -- Of that, gone with refunds, whether or not it was spent before.
  lost_minor   bigint NOT NULL DEFAULT 0 CHECK (lost_minor BETWEEN 0 AND earned_minor),
  card_id      uuid UNIQUE REFERENCES gift_cards (id),
  awarded_at   timestamptz NOT NULL
);
CREATE INDEX loyalty_awards_person ON loyalty_awards (person_id, currency, awarded_at);
