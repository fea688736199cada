-- Double entry. Balances are sums of postings; nothing here is ever changed, only added to.
CREATE TABLE ledger_accounts (
  id         uuid PRIMARY KEY,
  kind       text NOT NULL CHECK (kind IN ('provider_clearing', 'booking_escrow', 'celebrity_payable', 'service_fees', 'commission', 'refunds_payable')),
  -- The booking, celebrity or provider this account is about; the nil UUID for the platform itself.
  owner_id   uuid NOT NULL,
  currency   char(3) NOT NULL,
  created_at timestamptz NOT NULL,
  UNIQUE (kind, owner_id, currency)
);

CREATE TABLE ledger_transfers (
  -- Made by the program before the first try, so that a retry is the same transfer.
  id          uuid PRIMARY KEY,
  template    text NOT NULL,
  booking_id  uuid,
  leg_id      uuid,
  reverses_id uuid UNIQUE REFERENCES ledger_transfers (id),
  occurred_at timestamptz NOT NULL
);
CREATE INDEX ledger_transfers_booking ON ledger_transfers (booking_id);

CREATE TABLE ledger_postings (
  transfer_id  uuid NOT NULL REFERENCES ledger_transfers (id),
  position     smallint NOT NULL,
  account_id   uuid NOT NULL REFERENCES ledger_accounts (id),
  -- Debits are positive, credits negative.
  amount_minor bigint NOT NULL CHECK (amount_minor <> 0),
  currency     char(3) NOT NULL,
  PRIMARY KEY (transfer_id, position)
);
CREATE INDEX ledger_postings_account ON ledger_postings (account_id);

CREATE FUNCTION ledger_transfer_balances() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM ledger_postings WHERE transfer_id = NEW.transfer_id GROUP BY currency HAVING sum(amount_minor) <> 0)
     OR (SELECT count(*) FROM ledger_postings WHERE transfer_id = NEW.transfer_id) < 2 THEN
    RAISE EXCEPTION 'transfer % does not balance', NEW.transfer_id USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_transfer_balances';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_transfer_balances AFTER INSERT ON ledger_postings
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_transfer_balances();

CREATE FUNCTION ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the ledger is append-only: correct with a reversing transfer' USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_is_append_only';
END $$;
CREATE TRIGGER ledger_postings_append_only BEFORE UPDATE OR DELETE ON ledger_postings FOR EACH ROW EXECUTE FUNCTION ledger_is_append_only();
CREATE TRIGGER ledger_transfers_append_only BEFORE UPDATE OR DELETE ON ledger_transfers FOR EACH ROW EXECUTE FUNCTION ledger_is_append_only();

-- What a booking costs, covered by one or more legs.
CREATE TABLE payment_intents (
  id          uuid PRIMARY KEY,
  booking_id  uuid NOT NULL UNIQUE,
  customer_id uuid NOT NULL,
  due_minor   bigint NOT NULL CHECK (due_minor > 0),
  currency    char(3) NOT NULL,
  state       text NOT NULL CHECK (state IN ('open', 'settled', 'expired', 'cancelled', 'refunding', 'partly_refunded', 'refunded')),
  expires_at  timestamptz NOT NULL,
  created_at  timestamptz NOT NULL,
  settled_at  timestamptz
);

CREATE TABLE payment_legs (
  id             uuid PRIMARY KEY,
  intent_id      uuid NOT NULL REFERENCES payment_intents (id),
  position       smallint NOT NULL,
  method         text NOT NULL CHECK (method IN ('card', 'crypto', 'gift_card', 'credit')),
  provider       text NOT NULL,
  share_minor    bigint NOT NULL CHECK (share_minor > 0),
  state          text NOT NULL CHECK (state IN ('created', 'awaiting', 'action_required', 'processing', 'held', 'captured', 'failed', 'void')),
  provider_ref   text,
  -- Where the payer proves who they are, while `action_required`.
  action_url     text,
  failure_code   text,
  captured_minor bigint NOT NULL DEFAULT 0 CHECK (captured_minor BETWEEN 0 AND share_minor),
  refunded_minor bigint NOT NULL DEFAULT 0,
  created_at     timestamptz NOT NULL,
  updated_at     timestamptz NOT NULL,
  UNIQUE (intent_id, position),
  CONSTRAINT payment_legs_refund_within_capture CHECK (refunded_minor BETWEEN 0 AND captured_minor)
);
CREATE INDEX payment_legs_provider_ref ON payment_legs (provider, provider_ref) WHERE provider_ref IS NOT NULL;
-- One leg at a time may be taking money for an intent.
CREATE UNIQUE INDEX payment_legs_one_open ON payment_legs (intent_id) WHERE state IN ('created', 'awaiting', 'action_required', 'processing');

CREATE TABLE refunds (
  id           uuid PRIMARY KEY,
  leg_id       uuid NOT NULL REFERENCES payment_legs (id),
  amount_minor bigint NOT NULL CHECK (amount_minor > 0),
  currency     char(3) NOT NULL,
  reason       text NOT NULL CHECK (reason IN ('slot_lost', 'cancelled_by_customer', 'cancelled_by_talent', 'declined', 'staff', 'not_delivered', 'paid_twice')),
  state        text NOT NULL CHECK (state IN ('pending', 'succeeded', 'failed')),
  provider_ref text,
  created_at   timestamptz NOT NULL,
  updated_at   timestamptz NOT NULL
);
CREATE INDEX refunds_leg ON refunds (leg_id);

-- The sandbox card provider's own memory: it stands for another company's database and is read only through the gateway.
CREATE TABLE sandbox_card_payments (
  provider_ref    text PRIMARY KEY,
  idempotency_key text NOT NULL UNIQUE,
  amount_minor    bigint NOT NULL CHECK (amount_minor > 0),
  currency        char(3) NOT NULL,
  scenario        text NOT NULL,
  state           text NOT NULL CHECK (state IN ('succeeded', 'declined', 'action_required', 'processing', 'cancelled')),
  failure_code    text,
  refunded_minor  bigint NOT NULL DEFAULT 0 CHECK (refunded_minor BETWEEN 0 AND amount_minor),
  created_at      timestamptz NOT NULL,
  updated_at      timestamptz NOT NULL
);
CREATE TABLE sandbox_card_refunds (
  idempotency_key text PRIMARY KEY,
  provider_ref    text NOT NULL REFERENCES sandbox_card_payments (provider_ref),
  amount_minor    bigint NOT NULL CHECK (amount_minor > 0),
  created_at      timestamptz NOT NULL
);
