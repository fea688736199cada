-- What a refund would pay somebody who has it from their bank already makes that bank's chargeback good instead. Jobs of a kind of its own
-- do that, so that the previous release does not pay such a refund.
ALTER TABLE refunds ADD COLUMN chargeback_id uuid REFERENCES chargebacks (id);

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
                      'taken_back_minor', c.taken_back_minor, 'currency', c.currency, 'state', c.state) ORDER BY c.recorded_at, c.id), '[]')
                    FROM chargebacks c JOIN payment_legs l ON l.id = c.leg_id WHERE l.intent_id = intent));
END $$;
