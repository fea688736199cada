-- Processing of a passed deadline is postponed until then: a provider was asked first, or processing failed.
ALTER TABLE booking_deadlines ADD COLUMN waits_until timestamptz;
