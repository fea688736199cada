-- Refunds beyond what a policy gives: one of our staff asks, another one decides.
CREATE TABLE refund_requests (
  id           uuid PRIMARY KEY,
  intent_id    uuid NOT NULL REFERENCES payment_intents (id),
  amount_minor bigint NOT NULL CHECK (amount_minor > 0),
  currency     char(3) NOT NULL,
  reason       text NOT NULL,
  state        text NOT NULL CHECK (state IN ('open', 'approved', 'declined')),
  asked_by     uuid NOT NULL,
  asked_at     timestamptz NOT NULL,
  decided_by   uuid,
  decided_at   timestamptz,
  CONSTRAINT refund_requests_decided
    CHECK ((state = 'open') = (decided_by IS NULL) AND (decided_by IS NULL) = (decided_at IS NULL)),
  CONSTRAINT refund_requests_two_people CHECK (state <> 'approved' OR decided_by <> asked_by)
);
CREATE INDEX refund_requests_intent ON refund_requests (intent_id);
CREATE INDEX refund_requests_newest ON refund_requests (asked_at, id);
