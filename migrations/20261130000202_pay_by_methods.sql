-- Methods are rows, what arrives is a receipt, and several legs of an intent may be under way.
--
-- Locked first, in the order in which a payment takes them: whoever pays meanwhile waits, and nobody waits for the other way round. In a
-- block, because a tool that runs a file statement by statement may not lock outside of one.
DO $$ BEGIN LOCK TABLE payment_intents, payment_legs, refunds IN ACCESS EXCLUSIVE MODE; END $$;

CREATE TABLE payment_methods (
  method              text PRIMARY KEY,
  -- Whether at most one leg of this method may be taking money for an intent.
  one_open_per_intent boolean NOT NULL,
  UNIQUE (method, one_open_per_intent)
);
INSERT INTO payment_methods VALUES ('card', true), ('crypto', false), ('gift_card', false), ('credit', true);

ALTER TABLE payment_legs
  DROP CONSTRAINT payment_legs_method_check,
  -- Its method's flag beside it, so that an index can go by it. A server of the previous release opens card legs only.
  ADD COLUMN one_open      boolean NOT NULL DEFAULT true,
  -- Nobody waits for it any more: it reserves nothing, and the provider is asked to cancel it. Its state stays what the provider says.
  ADD COLUMN given_up_at   timestamptz,
  -- The part of the captured sum that is not needed and is refunded.
  ADD COLUMN surplus_minor bigint NOT NULL DEFAULT 0,
  ADD CONSTRAINT payment_legs_method_fkey FOREIGN KEY (method, one_open)
    REFERENCES payment_methods (method, one_open_per_intent) ON UPDATE CASCADE,
  DROP CONSTRAINT payment_legs_check,
  ADD CONSTRAINT payment_legs_surplus CHECK (surplus_minor BETWEEN 0 AND captured_minor AND captured_minor - surplus_minor <= share_minor);
DROP INDEX payment_legs_one_open;
CREATE UNIQUE INDEX payment_legs_one_open ON payment_legs (intent_id, method)
  WHERE one_open AND given_up_at IS NULL AND state IN ('created', 'awaiting', 'action_required', 'processing');

-- What a provider took for a leg. What the leg captured is the sum of these, added up in the statement that writes them.
CREATE TABLE payment_receipts (
  id            uuid PRIMARY KEY,
  leg_id        uuid NOT NULL REFERENCES payment_legs (id),
  provider      text NOT NULL,
  -- The provider's own name for it: the id of its event, or the charge's reference.
  event         text NOT NULL,
  amount_minor  bigint NOT NULL CHECK (amount_minor > 0),
  surplus_minor bigint NOT NULL CHECK (surplus_minor BETWEEN 0 AND amount_minor),
  currency      char(3) NOT NULL,
  received_at   timestamptz NOT NULL,
  CONSTRAINT payment_receipts_once UNIQUE (provider, event)
);
CREATE INDEX payment_receipts_leg ON payment_receipts (leg_id);
-- Until now a leg was captured at once, so its receipt can have its id.
INSERT INTO payment_receipts (id, leg_id, provider, event, amount_minor, surplus_minor, currency, received_at)
SELECT l.id, l.id, l.provider, coalesce(l.provider_ref, l.id::text), l.captured_minor, 0, i.currency, coalesce(i.settled_at, l.updated_at)
FROM payment_legs l JOIN payment_intents i ON i.id = l.intent_id WHERE l.captured_minor > 0;

-- While a server of the previous release may still run, which captures a leg and knows no receipts. Compared at the commit, when this
-- release has written the receipts of its own captures.
CREATE FUNCTION payment_legs_carry_over() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO payment_receipts (id, leg_id, provider, event, amount_minor, surplus_minor, currency, received_at)
  SELECT l.id, l.id, l.provider, coalesce(l.provider_ref, l.id::text), l.captured_minor - came.taken, 0, i.currency, l.updated_at
  FROM payment_legs l JOIN payment_intents i ON i.id = l.intent_id
  CROSS JOIN LATERAL (
    SELECT coalesce(sum(amount_minor), 0) AS taken FROM payment_receipts WHERE leg_id = l.id AND currency = i.currency
  ) AS came
  WHERE l.id = NEW.id AND l.captured_minor > came.taken;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER payment_legs_carry_over AFTER UPDATE OF captured_minor ON payment_legs DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.captured_minor > OLD.captured_minor) EXECUTE FUNCTION payment_legs_carry_over();

ALTER TABLE refunds
  ADD COLUMN is_surplus boolean NOT NULL DEFAULT false,
  DROP CONSTRAINT refunds_reason_check,
  ADD CONSTRAINT refunds_reason_check
    CHECK (reason IN ('slot_lost', 'cancelled_by_customer', 'cancelled_by_talent', 'declined', 'staff', 'not_delivered', 'paid_twice',
                      'other_amount'));

-- Two moments: until when a payment may begin, and until when one that is under way may still confirm.
ALTER TABLE payment_intents ADD COLUMN pay_by timestamptz, ADD COLUMN settle_by timestamptz;
UPDATE payment_intents i SET pay_by = i.expires_at, settle_by = coalesce(b.starts_at, b.deliver_by, i.expires_at + interval '12 hours')
FROM bookings b WHERE b.id = i.booking_id;
UPDATE payment_intents SET pay_by = expires_at, settle_by = expires_at + interval '12 hours' WHERE pay_by IS NULL;
ALTER TABLE payment_intents ALTER COLUMN pay_by SET NOT NULL, ALTER COLUMN settle_by SET NOT NULL;

-- For servers of the previous release, which still read this column. They cannot open new payments.
CREATE FUNCTION payment_intents_carry_over() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.expires_at := NEW.pay_by;
  RETURN NEW;
END $$;
CREATE TRIGGER payment_intents_carry_over BEFORE INSERT ON payment_intents FOR EACH ROW EXECUTE FUNCTION payment_intents_carry_over();

-- Of a booking's intents one is live: deposits and new quotes have their own.
ALTER TABLE payment_intents DROP CONSTRAINT payment_intents_booking_id_key;
CREATE UNIQUE INDEX payment_intents_one_live ON payment_intents (booking_id) WHERE state = 'open';
CREATE INDEX payment_intents_booking ON payment_intents (booking_id);

-- What belongs to an intent. A volatile function looks at the tables as they are when it is called, and not when the statement
-- around it began: a statement that has waited for the intent's lock reads what the one before it wrote.
CREATE FUNCTION payment_parts(intent uuid) RETURNS json LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  RETURN json_build_object(
    'legs', (SELECT coalesce(json_agg(l ORDER BY l.position), '[]') FROM payment_legs l WHERE l.intent_id = intent),
    'receipts', (SELECT coalesce(json_agg(r ORDER BY r.received_at, r.id), '[]')
                 FROM payment_receipts r JOIN payment_legs l ON l.id = r.leg_id WHERE l.intent_id = intent),
    'refunds', (SELECT coalesce(json_agg(r ORDER BY r.created_at, r.id), '[]')
                FROM refunds r JOIN payment_legs l ON l.id = r.leg_id WHERE l.intent_id = intent));
END $$;
