-- Whether transfers balance is asked once for each statement that posts, of all its rows together, and no longer twice for each row at
-- the commit: every transfer is posted whole by one statement.
-- Previous release: it posts in the same way, and knows the trigger by the same name.
CREATE FUNCTION ledger_postings_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE faulty uuid;
BEGIN
  -- No posting is of nothing, so that what adds up to nothing has two sides.
  SELECT transfer_id INTO faulty FROM posted GROUP BY transfer_id, currency HAVING sum(amount_minor) <> 0 LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'transfer % does not balance', faulty USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_transfer_balances';
  END IF;
  RETURN NULL;
END $$;
DROP TRIGGER ledger_transfer_balances ON ledger_postings;
CREATE TRIGGER ledger_transfer_balances AFTER INSERT ON ledger_postings REFERENCING NEW TABLE AS posted
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_postings_balance();
DROP FUNCTION ledger_transfer_balances();
