-- $1 offerings, $2 the first day whose exceptions can matter, $3 the day of the fees
--
-- The inner SELECT keeps the number of offerings from the planner, which would plan anew for every other number.
SELECT o.id AS "offering_id: OfferingId", c.id AS "board_celebrity_id: CelebrityId", c.time_zone,
  o.duration_minutes, o.buffer_before_minutes,
  o.buffer_after_minutes, o.step_minutes, o.lead_time_minutes, o.horizon_days,
  (SELECT coalesce(jsonb_agg(jsonb_build_array(weekday, opens_minute, closes_minute)), '[]') FROM weekly_hours
    WHERE celebrity_id = c.id) AS "weekly!: Json<Vec<(u8, u16, u16)>>",
  (SELECT coalesce(jsonb_agg(jsonb_build_array(day, open_ranges)), '[]') FROM day_exceptions
    WHERE celebrity_id = c.id AND day >= $2) AS "exceptions!: Json<Vec<(NaiveDate, Vec<OpenRange>)>>",
  coalesce(b.begins, '{}') AS "begins!: Vec<Instant>", coalesce(b.ends, '{}') AS "ends!: Vec<Instant>",
  c.person_id AS "person_id: PersonId", c.slug, c.stage_name, c.hue, c.portrait_id AS "portrait_id: PortraitId",
  o.kind AS "kind: OfferingKind", o.mode AS "mode: BookingMode", o.title, o.price_minor,
  o.currency AS "currency: Currency", o.deliver_within_days,
  p.key AS policy_key, p.name AS policy_name, p.tiers AS "policy_tiers: Json<Vec<RefundTier>>", p.grace_hours AS policy_grace_hours,
  f.service_fee_bps, f.fee_min_minor, f.fee_max_minor, f.commission_bps
FROM offerings o
JOIN celebrities c ON c.id = o.celebrity_id
JOIN cancellation_policies p ON p.key = o.policy_key
JOIN LATERAL (SELECT * FROM fee_schedules WHERE currency = o.currency AND effective_from <= $3
  ORDER BY effective_from DESC LIMIT 1) AS f ON true
LEFT JOIN LATERAL (SELECT array_agg(lower(span)) AS begins, array_agg(upper(span)) AS ends FROM outside_busy
  WHERE celebrity_id = c.id AND span && tstzrange($2::date::timestamptz, NULL)) AS b ON true
WHERE o.id = ANY(ARRAY(SELECT unnest($1::uuid[]))) AND o.is_active AND c.status = 'published'
