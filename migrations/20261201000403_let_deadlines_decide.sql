-- What a decision about a booking looks at beside its row: the deadlines that are open, and how often another delivery was asked for.
ALTER TABLE bookings ADD COLUMN redo_count smallint NOT NULL DEFAULT 0;

-- A volatile function looks at the table when it is called: a statement that has waited for the booking's lock reads what the one before
-- it wrote.
CREATE FUNCTION open_deadlines(booking uuid) RETURNS json LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  RETURN (SELECT coalesce(json_agg(json_build_object('kind', kind, 'due_at', due_at) ORDER BY due_at, kind), '[]')
          FROM booking_deadlines WHERE booking_id = booking AND closed_at IS NULL);
END $$;

-- Few rows: endorsements that wait for their delivery.
-- Confirmed endorsements had no deadline, so their money could stay for ever. Each gets 90 days from its confirmation, and at least 30
-- from the last change of any booking.
INSERT INTO booking_deadlines (booking_id, kind, due_at)
SELECT id, 'deliver', greatest(confirmed_at + interval '90 days', (SELECT max(updated_at) FROM bookings) + interval '30 days')
FROM bookings
WHERE status = 'confirmed' AND starts_at IS NULL AND deliver_by IS NULL AND confirmed_at IS NOT NULL
ON CONFLICT (booking_id, kind) DO NOTHING;
