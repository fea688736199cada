-- What a profile's bookings say of it, computed at night from bookings and their histories.
--
-- `answer_minutes` takes the place of `response_minutes`, which could not say that there is nothing to tell; that one stays for servers of
-- the previous release. `recent_bookings` weights each booking by its age, so that search ranks by recent demand.
ALTER TABLE celebrities
  ADD COLUMN answer_minutes integer CHECK (answer_minutes >= 0),
  ADD COLUMN recent_bookings real NOT NULL DEFAULT 0;
