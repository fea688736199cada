-- Inserts transfers with accounts and postings in one round trip. A transfer whose id exists stays unchanged and is left out
-- of the answer.
--
-- $1 now; $2 to $8 columns of the transfers; $9 to $14 columns of their postings, each with an id for its account if it has to be opened.
--
-- A missing account may be opened by another transaction at the same time. ON CONFLICT then does an update
-- that changes nothing but a guarded balance, because RETURNING contains only written rows. An existing account is only read, so that the
-- few accounts that everybody posts to are never locked; those that are guarded are locked in the order of their ids. Whoever spends
-- from an account that somebody else is just opening is refused: the row to insert is checked before it is seen that it is there.
WITH given AS (
  SELECT * FROM unnest($2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::text[], $7::uuid[], $8::uuid[]) WITH ORDINALITY
  AS given (id, template, subject_kind, subject_id, reference_kind, reference_id, reverses_id, place)
),
posted AS (
  INSERT INTO ledger_transfers (id, template, subject_kind, subject_id, reference_kind, reference_id, reverses_id, occurred_at)
  SELECT id, template, subject_kind, subject_id, reference_kind, reference_id, reverses_id, $1 FROM given ORDER BY id
  ON CONFLICT (id) DO NOTHING
  RETURNING id
),
line AS (
  SELECT line.*, given.place, posted.id IS NOT NULL AS is_new, coalesce(k.is_guarded, false) AS is_guarded,
    CASE k.normal_side WHEN 'debit' THEN amount_minor ELSE -amount_minor END AS gained_minor
  FROM unnest($9::uuid[], $10::smallint[], $11::text[], $12::uuid[], $13::text[]::char(3)[], $14::bigint[], $15::uuid[])
    AS line (transfer_id, position, kind, owner_id, currency, amount_minor, fresh_account_id)
  JOIN given ON given.id = line.transfer_id LEFT JOIN posted ON posted.id = line.transfer_id
  LEFT JOIN ledger_account_kinds k ON k.kind = line.kind
),
known AS (
  SELECT id, kind, owner_id, currency, balance_minor, version FROM ledger_accounts
  WHERE (kind, owner_id, currency) IN (SELECT kind, owner_id, currency FROM line)
),
gain AS (
  SELECT kind, owner_id, currency, sum(gained_minor)::bigint AS minor, count(*) AS postings
  FROM line WHERE is_new AND is_guarded GROUP BY kind, owner_id, currency
),
locked AS (
  SELECT a.id, gain.minor, gain.postings FROM ledger_accounts a JOIN gain USING (kind, owner_id, currency) ORDER BY a.id FOR UPDATE OF a
),
moved AS (
  UPDATE ledger_accounts a SET balance_minor = a.balance_minor + locked.minor, version = a.version + locked.postings
  FROM locked WHERE a.id = locked.id
  RETURNING a.id, a.kind, a.owner_id, a.currency, a.balance_minor, a.version
),
opened AS (
  INSERT INTO ledger_accounts (id, kind, owner_id, currency, created_at, balance_minor, version)
  SELECT DISTINCT ON (kind, owner_id, currency) fresh_account_id, kind, owner_id, currency, $1, gain.minor, gain.postings
  FROM line LEFT JOIN gain USING (kind, owner_id, currency)
  WHERE is_new AND (kind, owner_id, currency) NOT IN (SELECT kind, owner_id, currency FROM known)
  ORDER BY kind, owner_id, currency
  ON CONFLICT (kind, owner_id, currency) DO UPDATE SET kind = excluded.kind,
    balance_minor = ledger_accounts.balance_minor + excluded.balance_minor, version = ledger_accounts.version + excluded.version
  RETURNING id, kind, owner_id, currency, balance_minor, version
),
account AS (
  SELECT * FROM known WHERE balance_minor IS NULL UNION ALL SELECT * FROM moved UNION ALL SELECT * FROM opened
),
-- `account` has the balance after all postings of this statement; each posting has the one after itself.
written AS (
  INSERT INTO ledger_postings (transfer_id, position, account_id, amount_minor, currency, balance_minor, version)
  SELECT line.transfer_id, line.position, account.id, line.amount_minor, line.currency,
    account.balance_minor - coalesce(sum(line.gained_minor) OVER later, 0)::bigint, account.version - count(*) OVER later
  FROM line JOIN account USING (kind, owner_id, currency)
  WHERE line.is_new
  WINDOW later AS (PARTITION BY account.id ORDER BY line.place, line.position ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)
)
SELECT id AS "id!" FROM posted
