-- Kinds of accounts are rows that domains register, and a transfer names what it is about and what caused it by kind and id.
--
-- Locked first, in the order in which a posting takes them: whoever posts meanwhile waits, and nobody waits for the other way round. In a
-- block, because a tool that runs a file statement by statement may not lock outside of one.
DO $$ BEGIN LOCK TABLE ledger_transfers, ledger_accounts IN ACCESS EXCLUSIVE MODE; END $$;

CREATE TABLE ledger_account_kinds (
  kind             text PRIMARY KEY,
  -- On which side of zero its accounts stand: debits are positive, credits negative.
  normal_side      text NOT NULL CHECK (normal_side IN ('debit', 'credit')),
  -- Whether an account of this kind may stand on the other side. `stagedoor ledger check` sees to it.
  may_be_overdrawn boolean NOT NULL,
  -- For people who read a trial balance.
  meaning          text NOT NULL
);
INSERT INTO ledger_account_kinds VALUES
  ('provider_clearing', 'debit', true, 'taken by a payment provider, ours and not here yet'),
  ('booking_escrow', 'credit', false, 'paid for a booking that has not come to its end'),
  ('celebrity_payable', 'credit', true, 'owed to a celebrity'),
  ('service_fees', 'credit', true, 'earned from customers'),
  ('commission', 'credit', true, 'earned from celebrities'),
  ('refunds_payable', 'credit', false, 'owed back and not on its way yet'),
  ('unapplied_receipts', 'credit', false, 'taken beyond what was asked for or due, and owed back');

ALTER TABLE ledger_accounts DROP CONSTRAINT ledger_accounts_kind_check;
ALTER TABLE ledger_accounts ADD CONSTRAINT ledger_accounts_kind_fkey FOREIGN KEY (kind) REFERENCES ledger_account_kinds (kind);

ALTER TABLE ledger_transfers
  ADD COLUMN subject_kind   text,
  ADD COLUMN subject_id     uuid,
  ADD COLUMN reference_kind text,
  ADD COLUMN reference_id   uuid;
-- Allowed although the table is append-only: this fills new columns and changes no movement.
ALTER TABLE ledger_transfers DISABLE TRIGGER ledger_transfers_append_only;
UPDATE ledger_transfers SET subject_kind = 'booking', subject_id = booking_id,
  reference_kind = CASE WHEN leg_id IS NOT NULL THEN 'payment_leg' END, reference_id = leg_id
WHERE booking_id IS NOT NULL;
ALTER TABLE ledger_transfers ENABLE TRIGGER ledger_transfers_append_only;
ALTER TABLE ledger_transfers ADD CONSTRAINT ledger_transfers_reference CHECK ((reference_kind IS NULL) = (reference_id IS NULL));

-- While a server of the previous release may still run: it writes and reads the two columns that the new ones replace.
CREATE FUNCTION ledger_transfers_carry_over() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.subject_id IS NULL AND NEW.booking_id IS NOT NULL THEN
    NEW.subject_kind := 'booking';
    NEW.subject_id := NEW.booking_id;
  END IF;
  IF NEW.reference_id IS NULL AND NEW.leg_id IS NOT NULL THEN
    NEW.reference_kind := 'payment_leg';
    NEW.reference_id := NEW.leg_id;
  END IF;
  IF NEW.subject_kind = 'booking' THEN
    NEW.booking_id := NEW.subject_id;
  END IF;
  IF NEW.reference_kind = 'payment_leg' THEN
    NEW.leg_id := NEW.reference_id;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER ledger_transfers_carry_over BEFORE INSERT ON ledger_transfers FOR EACH ROW EXECUTE FUNCTION ledger_transfers_carry_over();

CREATE INDEX ledger_transfers_subject ON ledger_transfers (subject_id);
DROP INDEX ledger_transfers_booking;
