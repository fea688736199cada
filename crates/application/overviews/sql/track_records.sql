-- $1 profiles after this one (none: from the first), $2 how many, $3 now, $4 answers it takes to tell how long they take
--
-- A booking that took place weighs half as much after a year. The sum is rounded, so that most profiles stay as they are from one night
-- to the next and are not written again. An answer is the first offer, yes or no of the talent's side within the last year; requests
-- that nobody answered say nothing of how long an answer takes, and what is booked at once asks nobody.
SELECT page.id AS "celebrity_id!: CelebrityId", done.count AS "bookings_count!", done.recent AS "recent_bookings!",
  answered.minutes AS answer_minutes
FROM (SELECT id FROM celebrities WHERE $1::uuid IS NULL OR id > $1 ORDER BY id LIMIT $2) AS page
CROSS JOIN LATERAL (
  SELECT count(*)::integer AS count,
    coalesce(round(sum(power(0.5, greatest(extract(epoch FROM $3::timestamptz - coalesce(starts_at, confirmed_at, created_at)), 0)::float8
      / (365 * 86400)))::numeric, 1), 0)::real AS recent
  FROM bookings WHERE celebrity_id = page.id AND status = 'completed') AS done
CROSS JOIN LATERAL (
  SELECT CASE WHEN count(*) >= $4 THEN round(percentile_cont(0.5) WITHIN GROUP (ORDER BY minutes))::integer END AS minutes
  FROM (SELECT (extract(epoch FROM min(e.occurred_at) - b.created_at) / 60)::float8 AS minutes
        FROM bookings b JOIN booking_events e ON e.booking_id = b.id
        WHERE b.celebrity_id = page.id AND b.mode <> 'instant' AND b.created_at > $3 - interval '365 days' AND b.created_at <= $3
          AND e.actor_kind IN ('talent', 'agent') AND e.kind IN ('offered', 'accepted', 'declined')
        GROUP BY b.id) AS one) AS answered
ORDER BY page.id
