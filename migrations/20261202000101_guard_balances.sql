-- Accounts whose value somebody can spend carry their balance, which a constraint keeps from falling below zero, and each of their
-- postings says the balance after it. Accounts that everybody posts to carry none: such a row would make everybody wait.
-- Locked first, in the order in which a posting takes them.
DO $$ BEGIN LOCK TABLE ledger_accounts, ledger_postings, ledger_account_kinds IN ACCESS EXCLUSIVE MODE; END $$;
-- Few rows: none is changed; the block only locks.

ALTER TABLE ledger_account_kinds ADD COLUMN is_guarded boolean NOT NULL DEFAULT false;

-- The balance on the normal side of the account's kind, and how many postings made it. Null for kinds that are not guarded.
ALTER TABLE ledger_accounts
  ADD COLUMN balance_minor bigint,
  ADD COLUMN version       bigint,
  ADD CONSTRAINT ledger_accounts_covered CHECK (balance_minor >= 0),
  ADD CONSTRAINT ledger_accounts_versioned CHECK ((balance_minor IS NULL) = (version IS NULL));

-- The balance after the posting, and its number within the account.
ALTER TABLE ledger_postings
  ADD COLUMN balance_minor bigint,
  ADD COLUMN version       bigint,
  ADD CONSTRAINT ledger_postings_covered CHECK (balance_minor >= 0);
