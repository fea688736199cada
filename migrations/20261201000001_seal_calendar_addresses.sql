-- Addresses of external calendars are encrypted, each when it is added or read the next time; `address` then keeps the host and a mark
-- that tells one address from another. What could not be read of a calendar is kept with it.
ALTER TABLE calendar_feeds
  ADD COLUMN sealed_address bytea,
  -- How many lines could not be read the last time, and the first of each kind.
  ADD COLUMN unread_count integer NOT NULL DEFAULT 0,
  ADD COLUMN unread       jsonb NOT NULL DEFAULT '[]',
  -- The version of the reader and the zone that the busy times were read with. With another, an unchanged calendar is read anew.
  ADD COLUMN read_as      text;
