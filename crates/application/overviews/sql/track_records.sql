-- $1 profiles after this one (none: from the first), $2 how many, $3 now, $4 answers it takes to tell how long they take
--
-- The weight of a completed booking halves every year. The sum is rounded, so that most rows do not change from one night
-- to the next and are not written again. An answer is the first offer, yes or no of the talent's side within the last year; requests
-- without an answer are not counted, and instant bookings have none.
--
-- Each table is read once for the whole page, by its index or in one go. Looking every profile up by itself takes minutes where the
-- planner has no statistics yet, such as for data that was just loaded.
WITH page AS MATERIALIZED (
  SELECT id FROM celebrities WHERE $1::uuid IS NULL OR id > $1 ORDER BY id LIMIT $2
),
done AS MATERIALIZED (
  SELECT celebrity_id, count(*)::integer AS count,
    round(sum(power(0.5, greatest(extract(epoch FROM $3::timestamptz - coalesce(starts_at, confirmed_at, created_at)), 0)::float8
      / (365 * 86400)))::numeric, 1)::real AS recent
  FROM bookings WHERE celebrity_id IN (SELECT id FROM page) AND status = 'completed' GROUP BY celebrity_id
),
asked AS MATERIALIZED (
  SELECT id, celebrity_id, created_at FROM bookings
  WHERE celebrity_id IN (SELECT id FROM page) AND mode <> 'instant' AND created_at > $3 - interval '365 days' AND created_at <= $3
),
first_answer AS MATERIALIZED (
  SELECT booking_id, min(occurred_at) AS at FROM booking_events
  WHERE booking_id IN (SELECT id FROM asked) AND actor_kind IN ('talent', 'agent') AND kind IN ('offered', 'accepted', 'declined')
  GROUP BY booking_id
),
answered AS MATERIALIZED (
  SELECT asked.celebrity_id,
    CASE WHEN count(*) >= $4 THEN round(percentile_cont(0.5) WITHIN GROUP (
      ORDER BY (extract(epoch FROM first_answer.at - asked.created_at) / 60)::float8))::integer END AS minutes
  FROM asked JOIN first_answer ON first_answer.booking_id = asked.id GROUP BY asked.celebrity_id
)
SELECT page.id AS "celebrity_id!: CelebrityId", coalesce(done.count, 0) AS "bookings_count!",
  coalesce(done.recent, 0) AS "recent_bookings!", answered.minutes AS answer_minutes
FROM page LEFT JOIN done ON done.celebrity_id = page.id LEFT JOIN answered ON answered.celebrity_id = page.id
ORDER BY page.id
