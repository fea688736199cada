-- Rows that are written again and again get room for their next versions on their own page: no index is touched then, and what is old is
-- cleared away by whoever reads the page. On full pages each new version went to another page with an entry in every index, and until the
-- next vacuum a look-up read ten pages instead of three. Only pages that are filled from now on are affected.
ALTER TABLE ledger_accounts SET (fillfactor = 50);
ALTER TABLE gift_cards SET (fillfactor = 50);
ALTER TABLE rate_buckets SET (fillfactor = 50);
ALTER TABLE sessions SET (fillfactor = 70);
