-- $1 id, $2 celebrity, $3 span, $4 kind, $5 booking, $6 expires at, $7 now
WITH turn AS MATERIALIZED (
  SELECT pg_advisory_xact_lock(hashtextextended(($2::uuid)::text || current_schema(), 0)) IS NOT NULL AS ours
),
lapsed AS (
  DELETE FROM allocations USING turn
  WHERE turn.ours AND celebrity_id = $2 AND kind = 'hold' AND expires_at <= $7 AND span && $3
  RETURNING 1
)
INSERT INTO allocations (id, celebrity_id, span, kind, booking_id, expires_at, created_at)
SELECT $1, $2, $3, $4, $5, $6, $7 FROM turn WHERE turn.ours AND (SELECT count(*) FROM lapsed) >= 0
ON CONFLICT DO NOTHING
RETURNING id
