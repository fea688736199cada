INSERT INTO ledger_account_kinds VALUES ('tax_payable', 'credit', false, 'taken for the tax authorities and not passed on yet');
