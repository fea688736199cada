-- What the customer pays on top of the price, by the day it takes effect.
CREATE TABLE fee_schedules (
  currency          char(3) NOT NULL,
  effective_from    date NOT NULL,
  service_fee_bps   integer NOT NULL CHECK (service_fee_bps BETWEEN 0 AND 5000),
  fee_min_minor     bigint NOT NULL CHECK (fee_min_minor >= 0),
  fee_max_minor     bigint NOT NULL CHECK (fee_max_minor >= fee_min_minor),
  commission_bps    integer NOT NULL CHECK (commission_bps BETWEEN 0 AND 5000),
  PRIMARY KEY (currency, effective_from)
);
INSERT INTO fee_schedules VALUES
  ('USD', '2020-01-01', 500, 100, 50000, 1500),
  ('EUR', '2020-01-01', 500, 100, 50000, 1500),
  ('GBP', '2020-01-01', 500, 100, 50000, 1500),
  ('CHF', '2020-01-01', 500, 100, 50000, 1500),
  ('CAD', '2020-01-01', 500, 150, 70000, 1500),
  ('AUD', '2020-01-01', 500, 150, 70000, 1500),
  ('JPY', '2020-01-01', 500, 150, 7000000, 1500),
  ('SEK', '2020-01-01', 500, 1000, 500000, 1500);

CREATE TABLE bookings (
  id                 uuid PRIMARY KEY,
  -- What people say on the telephone: `SD-7KQ2-M4XW`.
  reference          text NOT NULL UNIQUE,
  customer_id        uuid NOT NULL,
  celebrity_id       uuid NOT NULL,
  offering_id        uuid NOT NULL,
  kind               text NOT NULL CHECK (kind IN ('video_call', 'appearance', 'personal_video', 'endorsement')),
  mode               text NOT NULL CHECK (mode IN ('instant', 'request', 'quote')),
  status             text NOT NULL CHECK (status IN ('requested', 'offered_by_talent', 'offered_by_customer', 'awaiting_payment', 'confirmed',
                       'in_progress', 'delivered', 'completed', 'declined', 'expired', 'cancelled', 'disputed', 'refunded')),
  payment_status     text NOT NULL CHECK (payment_status IN ('none', 'pending', 'paid', 'refunding', 'partly_refunded', 'refunded')),
  fulfilment_status  text NOT NULL CHECK (fulfilment_status IN ('none', 'scheduled', 'underway', 'delivered', 'accepted', 'failed')),
  cancelled_by       text CHECK (cancelled_by IN ('customer', 'talent', 'staff', 'system')),
  title              text NOT NULL,
  -- Null for products that take no time on the calendar.
  starts_at          timestamptz,
  ends_at            timestamptz,
  starts_local       timestamp,
  time_zone          text NOT NULL,
  customer_time_zone text NOT NULL,
  tzdb_version       text NOT NULL,
  buffer_before_minutes integer NOT NULL DEFAULT 0,
  buffer_after_minutes  integer NOT NULL DEFAULT 0,
  deliver_by         timestamptz,
  brief              text NOT NULL DEFAULT '',
  price_minor        bigint NOT NULL CHECK (price_minor > 0),
  service_fee_minor  bigint NOT NULL CHECK (service_fee_minor >= 0),
  tax_minor          bigint NOT NULL DEFAULT 0 CHECK (tax_minor >= 0),
  total_minor        bigint NOT NULL CHECK (total_minor = price_minor + service_fee_minor + tax_minor),
  currency           char(3) NOT NULL,
  commission_bps     integer NOT NULL DEFAULT 0,
  -- The cancellation policy as it was when the booking was made.
  policy             jsonb NOT NULL,
  hold_expires_at    timestamptz,
  -- Rises with every event; a calendar's SEQUENCE.
  version            integer NOT NULL DEFAULT 1,
  created_at         timestamptz NOT NULL,
  updated_at         timestamptz NOT NULL,
  confirmed_at       timestamptz,
  CHECK ((starts_at IS NULL) = (ends_at IS NULL)),
  CHECK (ends_at > starts_at)
);
CREATE INDEX bookings_customer ON bookings (customer_id, created_at DESC, id DESC);
CREATE INDEX bookings_celebrity ON bookings (celebrity_id, starts_at);

-- Who did what when. Append-only.
CREATE TABLE booking_events (
  booking_id  uuid NOT NULL REFERENCES bookings (id) ON DELETE CASCADE,
  version     integer NOT NULL,
  kind        text NOT NULL,
  actor_kind  text NOT NULL CHECK (actor_kind IN ('customer', 'talent', 'agent', 'staff', 'system')),
  actor_id    uuid,
  occurred_at timestamptz NOT NULL,
  details     jsonb NOT NULL DEFAULT '{}',
  PRIMARY KEY (booking_id, version)
);

-- Time taken in a celebrity's calendar, set-up and travel included. Writers take the celebrity's advisory lock first.
CREATE TABLE allocations (
  id           uuid PRIMARY KEY,
  celebrity_id uuid NOT NULL,
  span         tstzrange NOT NULL CHECK (NOT isempty(span) AND lower_inc(span) AND NOT upper_inc(span)),
  kind         text NOT NULL CHECK (kind IN ('hold', 'booking', 'blackout')),
  booking_id   uuid UNIQUE,
  expires_at   timestamptz,
  note         text NOT NULL DEFAULT '',
  created_at   timestamptz NOT NULL,
  CHECK ((kind = 'hold') = (expires_at IS NOT NULL)),
  CHECK ((kind = 'blackout') = (booking_id IS NULL)),
  CONSTRAINT allocations_never_overlap EXCLUDE USING gist (celebrity_id WITH =, span WITH &&)
);

-- Holds times for bookings, and tells for which ones: the others are taken.
--
-- The advisory locks make those who want one calendar take turns, which bare inserts against the constraint turn into deadlocks;
-- they are taken in one order, so that two groups never wait for each other. Most times are free, and an insert that hopes so
-- looks for the time once, where one that expects a conflict looks before and after.
CREATE FUNCTION hold_times(ids uuid[], celebrity_ids uuid[], spans tstzrange[], booking_ids uuid[], ends timestamptz[], at timestamptz)
RETURNS uuid[] LANGUAGE plpgsql AS $$
DECLARE
  held uuid[];
BEGIN
  PERFORM pg_advisory_xact_lock(calendar) FROM (
    SELECT DISTINCT hashtextextended(celebrity_id::text || current_schema(), 0) AS calendar FROM unnest(celebrity_ids) AS celebrity_id
    ORDER BY calendar) AS calendars;
  BEGIN
    WITH hold AS (
      INSERT INTO allocations (id, celebrity_id, span, booking_id, expires_at, kind, created_at)
      SELECT *, 'hold', at FROM unnest(ids, celebrity_ids, spans, booking_ids, ends)
      RETURNING booking_id
    )
    SELECT array_agg(booking_id) INTO held FROM hold;
  EXCEPTION WHEN exclusion_violation THEN
    WITH hold AS (
      INSERT INTO allocations (id, celebrity_id, span, booking_id, expires_at, kind, created_at)
      SELECT *, 'hold', at FROM unnest(ids, celebrity_ids, spans, booking_ids, ends)
      ON CONFLICT ON CONSTRAINT allocations_never_overlap DO NOTHING
      RETURNING booking_id
    )
    SELECT array_agg(booking_id) INTO held FROM hold;
  END;
  RETURN held;
END
$$;

-- Every deadline is a row that both sides can see and a job works off.
CREATE TABLE booking_deadlines (
  booking_id uuid NOT NULL REFERENCES bookings (id) ON DELETE CASCADE,
  kind       text NOT NULL CHECK (kind IN ('answer', 'quote', 'payment', 'start', 'end', 'deliver', 'approve')),
  due_at     timestamptz NOT NULL,
  -- Met, superseded or worked off.
  closed_at  timestamptz,
  PRIMARY KEY (booking_id, kind)
);
CREATE INDEX booking_deadlines_due ON booking_deadlines (due_at) WHERE closed_at IS NULL;
