-- The advisory lock serialises bookings of one calendar, as in `hold_times`. A row that this statement deletes
-- does not conflict with its insert, because an exclusion constraint checks current rows and not the statement's snapshot.
--
-- $1 id, $2 celebrity, $3 span, $4 booking, $5 now
WITH turn AS MATERIALIZED (
  SELECT pg_advisory_xact_lock(hashtextextended(($2::uuid)::text || current_schema(), 0)) IS NOT NULL AS ours
),
lapsed AS (
  DELETE FROM allocations USING turn
  WHERE turn.ours AND celebrity_id = $2 AND kind = 'hold' AND expires_at <= $5 AND span && $3
  RETURNING 1
)
INSERT INTO allocations (id, celebrity_id, span, kind, booking_id, created_at)
SELECT $1, $2, $3, 'booking', $4, $5 FROM turn WHERE turn.ours AND (SELECT count(*) FROM lapsed) >= 0
ON CONFLICT DO NOTHING
RETURNING id
