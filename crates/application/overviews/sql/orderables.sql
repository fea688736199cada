-- $1 offerings, and for each of them $2 and $3 the days that matter; $4 the day of the fees
SELECT wanted.number AS "number!", c.id AS "board_celebrity_id: CelebrityId", c.time_zone, o.duration_minutes, o.buffer_before_minutes,
  o.buffer_after_minutes, o.step_minutes, o.lead_time_minutes, o.horizon_days,
  (SELECT coalesce(jsonb_agg(jsonb_build_array(weekday, opens_minute, closes_minute)), '[]') FROM weekly_hours
    WHERE celebrity_id = c.id) AS "weekly!: Json<Vec<(u8, u16, u16)>>",
  (SELECT coalesce(jsonb_agg(jsonb_build_array(day, open_ranges)), '[]') FROM day_exceptions
    WHERE celebrity_id = c.id AND day BETWEEN wanted.first_day AND wanted.last_day) AS "exceptions!: Json<Vec<(NaiveDate, Vec<OpenRange>)>>",
  c.person_id AS "person_id: PersonId", c.slug, c.stage_name, c.hue, c.portrait_id AS "portrait_id: PortraitId",
  o.kind, o.mode, o.title, o.price_minor, o.currency AS "currency: Currency", o.deliver_within_days,
  p.key AS policy_key, p.name AS policy_name, p.tiers AS policy_tiers, p.grace_hours AS policy_grace_hours,
  f.service_fee_bps, f.fee_min_minor, f.fee_max_minor, f.commission_bps
FROM unnest($1::uuid[], $2::date[], $3::date[]) WITH ORDINALITY AS wanted (offering_id, first_day, last_day, number)
JOIN offerings o ON o.id = wanted.offering_id AND o.is_active
JOIN celebrities c ON c.id = o.celebrity_id AND c.status = 'published'
JOIN cancellation_policies p ON p.key = o.policy_key
JOIN LATERAL (SELECT * FROM fee_schedules WHERE currency = o.currency AND effective_from <= $4
  ORDER BY effective_from DESC LIMIT 1) AS f ON true
