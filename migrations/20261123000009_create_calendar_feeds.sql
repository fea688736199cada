-- Calendars that a celebrity keeps elsewhere: what they keep busy is not on offer.
CREATE TABLE calendar_feeds (
  id            uuid PRIMARY KEY,
  celebrity_id  uuid NOT NULL REFERENCES celebrities (id) ON DELETE CASCADE,
  name          text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
  -- Whoever knows the address reads the calendar: it is never shown again and never logged.
  address       text NOT NULL,
  created_at    timestamptz NOT NULL,
  -- When the other service was last asked, and when it last answered with a calendar.
  asked_at      timestamptz,
  read_at       timestamptz,
  -- The mark of what was read, and when that was taken over whole.
  etag          text,
  taken_over_at timestamptz,
  -- Why the last try brought nothing: the busy times of the one before still count.
  fault         text CHECK (fault IN ('unreachable', 'refused', 'too_large', 'not_public', 'not_a_calendar', 'too_many_events', 'emptied')),
  -- Somebody said that it is right for this calendar to be empty.
  may_be_empty  boolean NOT NULL DEFAULT false,
  UNIQUE (celebrity_id, address)
);

CREATE TABLE outside_busy (
  feed_id      uuid NOT NULL REFERENCES calendar_feeds (id) ON DELETE CASCADE,
  celebrity_id uuid NOT NULL,
  span         tstzrange NOT NULL CHECK (NOT isempty(span))
);
CREATE INDEX outside_busy_span ON outside_busy USING gist (celebrity_id, span);
CREATE INDEX outside_busy_feed ON outside_busy (feed_id);
