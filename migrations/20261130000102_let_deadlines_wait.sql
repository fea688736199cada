-- A deadline that waits for an answer from outside, or that could not be worked, is not looked at before this. It stays due.
ALTER TABLE booking_deadlines ADD COLUMN waits_until timestamptz;
