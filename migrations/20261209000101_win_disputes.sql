-- When we learned that a bank let a payment stand after all that it had taken back. Its case is closed, and all of it counts as found.
-- Previous release: it does not ask for that. Its check of the books names the legs of such payments; everything else goes on.
ALTER TABLE chargebacks ADD COLUMN won_at timestamptz;
ALTER TABLE chargebacks ADD CONSTRAINT chargebacks_won CHECK (won_at IS NULL OR (state = 'closed' AND taken_back_minor = amount_minor));

-- A payment with what banks took back of it. The previous release reads what it knows of that.
CREATE OR REPLACE FUNCTION payment_parts(intent uuid) RETURNS json LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  RETURN json_build_object(
    'legs', (SELECT coalesce(json_agg(l ORDER BY l.position), '[]') FROM payment_legs l WHERE l.intent_id = intent),
    'receipts', (SELECT coalesce(json_agg(r ORDER BY r.received_at, r.id), '[]')
                 FROM payment_receipts r JOIN payment_legs l ON l.id = r.leg_id WHERE l.intent_id = intent),
    'refunds', (SELECT coalesce(json_agg(r ORDER BY r.created_at, r.id), '[]')
                FROM refunds r JOIN payment_legs l ON l.id = r.leg_id WHERE l.intent_id = intent),
    'chargebacks', (SELECT coalesce(json_agg(json_build_object('id', c.id, 'leg_id', c.leg_id, 'amount_minor', c.amount_minor,
                      'taken_back_minor', c.taken_back_minor, 'currency', c.currency, 'state', c.state, 'is_won', c.won_at IS NOT NULL)
                      ORDER BY c.recorded_at, c.id), '[]')
                    FROM chargebacks c JOIN payment_legs l ON l.id = c.leg_id WHERE l.intent_id = intent));
END $$;
