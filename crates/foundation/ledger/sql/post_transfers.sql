-- Inserts transfers with accounts and postings in one round trip. A transfer whose id exists stays unchanged and is left out
-- of the answer.
--
-- $1 now; $2 to $7 columns of the transfers; $8 to $13 columns of their postings, each with an id for its account if it has to be opened.
--
-- A missing account may be opened by another transaction at the same time. ON CONFLICT then does an update
-- that changes nothing, because RETURNING contains only written rows. An existing account is only read, so that the few
-- accounts that everybody posts to are never locked.
WITH given AS (
  SELECT * FROM unnest($2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::text[], $7::uuid[])
  AS given (id, template, subject_kind, subject_id, reference_kind, reference_id)
),
line AS (
  SELECT * FROM unnest($8::uuid[], $9::smallint[], $10::text[], $11::uuid[], $12::text[], $13::bigint[], $14::uuid[])
  AS line (transfer_id, position, kind, owner_id, currency, amount_minor, fresh_account_id)
),
known AS (
  SELECT id, kind, owner_id, currency FROM ledger_accounts
  WHERE (kind, owner_id, currency) IN (SELECT kind, owner_id, currency::char(3) FROM line)
),
opened AS (
  INSERT INTO ledger_accounts (id, kind, owner_id, currency, created_at)
  SELECT DISTINCT ON (kind, owner_id, currency) fresh_account_id, kind, owner_id, currency, $1 FROM line
  WHERE (kind, owner_id, currency::char(3)) NOT IN (SELECT kind, owner_id, currency FROM known)
  ORDER BY kind, owner_id, currency
  ON CONFLICT (kind, owner_id, currency) DO UPDATE SET kind = excluded.kind
  RETURNING id, kind, owner_id, currency
),
posted AS (
  INSERT INTO ledger_transfers (id, template, subject_kind, subject_id, reference_kind, reference_id, occurred_at)
  SELECT id, template, subject_kind, subject_id, reference_kind, reference_id, $1 FROM given
  ON CONFLICT (id) DO NOTHING
  RETURNING id
),
written AS (
  INSERT INTO ledger_postings (transfer_id, position, account_id, amount_minor, currency)
  SELECT line.transfer_id, line.position, account.id, line.amount_minor, line.currency
  FROM line JOIN posted ON posted.id = line.transfer_id
  JOIN (SELECT * FROM known UNION ALL SELECT * FROM opened) AS account
    ON (account.kind, account.owner_id, account.currency) = (line.kind, line.owner_id, line.currency::char(3))
)
SELECT id AS "id!" FROM posted
