-- no-transaction
CREATE UNIQUE INDEX CONCURRENTLY ledger_postings_version ON ledger_postings (account_id, version) WHERE version IS NOT NULL;
