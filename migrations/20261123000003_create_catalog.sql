CREATE TABLE categories (
  id       uuid PRIMARY KEY,
  slug     text NOT NULL UNIQUE,
  name     text NOT NULL,
  tagline  text NOT NULL DEFAULT '',
  position integer NOT NULL
);

CREATE TABLE agencies (
  id         uuid PRIMARY KEY,
  slug       text NOT NULL UNIQUE,
  name       text NOT NULL,
  city       text NOT NULL,
  created_at timestamptz NOT NULL
);

CREATE TABLE cancellation_policies (
  key         text PRIMARY KEY,
  name        text NOT NULL,
  -- `[{"hours_before": 120, "refund_percent": 100}, …]`, longest first; after the last cut-off nothing is refunded.
  tiers       jsonb NOT NULL,
  -- A confirmed booking may be undone in full for this long, when it starts at least seven days later.
  grace_hours integer NOT NULL DEFAULT 0
);
INSERT INTO cancellation_policies (key, name, tiers, grace_hours) VALUES
  ('flexible', 'Flexible', '[{"hours_before": 24, "refund_percent": 100}]', 24),
  ('moderate', 'Moderate', '[{"hours_before": 120, "refund_percent": 100}]', 24),
  ('limited',  'Limited',  '[{"hours_before": 336, "refund_percent": 100}, {"hours_before": 168, "refund_percent": 50}]', 24),
  ('firm',     'Firm',     '[{"hours_before": 720, "refund_percent": 100}, {"hours_before": 168, "refund_percent": 50}]', 24),
  ('headline', 'Headline', '[{"hours_before": 2160, "refund_percent": 50}, {"hours_before": 720, "refund_percent": 25}]', 24),
  ('video',    'Video',    '[]', 24);

CREATE TABLE portraits (
  id           uuid PRIMARY KEY,
  content_type text NOT NULL CHECK (content_type IN ('image/svg+xml', 'image/webp', 'image/jpeg', 'image/png')),
  bytes        bytea NOT NULL,
  created_at   timestamptz NOT NULL
);

CREATE TABLE celebrities (
  id               uuid PRIMARY KEY,
  person_id        uuid,
  agency_id        uuid REFERENCES agencies (id),
  slug             text NOT NULL UNIQUE,
  stage_name       text NOT NULL,
  headline         text NOT NULL DEFAULT '',
  bio              text NOT NULL DEFAULT '',
  languages        text[] NOT NULL DEFAULT '{}',
  city             text NOT NULL,
  country          char(2) NOT NULL,
  time_zone        text NOT NULL,
  portrait_id      uuid REFERENCES portraits (id),
  -- The hue of this celebrity's poster, in degrees.
  hue              smallint NOT NULL CHECK (hue BETWEEN 0 AND 359),
  verified_at      timestamptz,
  status           text NOT NULL DEFAULT 'published' CHECK (status IN ('draft', 'published', 'suspended')),
  response_minutes integer NOT NULL DEFAULT 1440,
  rating_count     integer NOT NULL DEFAULT 0,
  rating_sum       integer NOT NULL DEFAULT 0,
  -- Mean of the ratings shrunk towards the platform's mean, in hundredths: 487 is 4.87.
  rating_hundredths integer NOT NULL DEFAULT 0,
  bookings_count   integer NOT NULL DEFAULT 0,
  -- Derived from the active offerings, so that a list needs no join.
  from_price_minor bigint,
  currency         char(3) NOT NULL,
  -- Rank by quality and demand, higher first; explained on the results page.
  rank             integer NOT NULL DEFAULT 0,
  -- Derived like the price: what the filters of search look at.
  category_slugs   text[] NOT NULL DEFAULT '{}',
  -- The same with names, `[{"slug": "…", "name": "…"}]`, main one first: what lists show.
  categories       jsonb NOT NULL DEFAULT '[]',
  offering_kinds   text[] NOT NULL DEFAULT '{}',
  -- Name, headline, categories, city and agency, unaccented and lower case.
  search_text      text NOT NULL DEFAULT '',
  search_vector    tsvector NOT NULL DEFAULT ''::tsvector,
  created_at       timestamptz NOT NULL,
  updated_at       timestamptz NOT NULL
);
-- Both columns one way, so that a page is read off the index in order, forwards or backwards.
CREATE INDEX celebrities_rank ON celebrities (rank, id) WHERE status = 'published';
CREATE INDEX celebrities_rating ON celebrities (rating_hundredths, id) WHERE status = 'published';
CREATE INDEX celebrities_price ON celebrities (from_price_minor, id) WHERE status = 'published';
CREATE INDEX celebrities_newest ON celebrities (created_at, id) WHERE status = 'published';
CREATE INDEX celebrities_search ON celebrities USING gin (search_vector);
CREATE INDEX celebrities_categories ON celebrities USING gin (category_slugs);
CREATE INDEX celebrities_languages ON celebrities USING gin (languages);
CREATE INDEX celebrities_person ON celebrities (person_id) WHERE person_id IS NOT NULL;

-- Every word that a profile can be found by, so that a mistyped one leads to its neighbours.
CREATE TABLE search_words (
  word text PRIMARY KEY
);
CREATE INDEX search_words_trigrams ON search_words USING gin (word gin_trgm_ops);
CREATE INDEX search_words_shape ON search_words (left(word, 1), length(word));

CREATE TABLE celebrity_categories (
  celebrity_id uuid NOT NULL REFERENCES celebrities (id) ON DELETE CASCADE,
  category_id  uuid NOT NULL REFERENCES categories (id),
  position     smallint NOT NULL DEFAULT 0,
  PRIMARY KEY (celebrity_id, category_id)
);
CREATE INDEX celebrity_categories_category ON celebrity_categories (category_id, celebrity_id);

CREATE TABLE offerings (
  id                    uuid PRIMARY KEY,
  celebrity_id          uuid NOT NULL REFERENCES celebrities (id) ON DELETE CASCADE,
  kind                  text NOT NULL CHECK (kind IN ('video_call', 'appearance', 'personal_video', 'endorsement')),
  mode                  text NOT NULL CHECK (mode IN ('instant', 'request', 'quote')),
  title                 text NOT NULL,
  description           text NOT NULL DEFAULT '',
  -- For `quote` this is where talks begin, not what will be paid.
  price_minor           bigint NOT NULL CHECK (price_minor > 0),
  currency              char(3) NOT NULL,
  -- Time on the calendar; null for a personal video and an endorsement, which take none.
  duration_minutes      integer CHECK (duration_minutes BETWEEN 5 AND 1440),
  buffer_before_minutes integer NOT NULL DEFAULT 0 CHECK (buffer_before_minutes BETWEEN 0 AND 1440),
  buffer_after_minutes  integer NOT NULL DEFAULT 0 CHECK (buffer_after_minutes BETWEEN 0 AND 1440),
  step_minutes          integer NOT NULL DEFAULT 30 CHECK (step_minutes IN (5, 10, 15, 20, 30, 60)),
  lead_time_minutes     integer NOT NULL DEFAULT 1440 CHECK (lead_time_minutes >= 0),
  horizon_days          integer NOT NULL DEFAULT 180 CHECK (horizon_days BETWEEN 1 AND 730),
  -- A personal video is delivered within this many days of payment.
  deliver_within_days   integer CHECK (deliver_within_days BETWEEN 1 AND 60),
  policy_key            text NOT NULL REFERENCES cancellation_policies (key),
  is_active             boolean NOT NULL DEFAULT true,
  position              smallint NOT NULL DEFAULT 0,
  created_at            timestamptz NOT NULL,
  updated_at            timestamptz NOT NULL,
  CHECK ((kind IN ('video_call', 'appearance')) = (duration_minutes IS NOT NULL)),
  CHECK ((kind = 'personal_video') = (deliver_within_days IS NOT NULL))
);
CREATE INDEX offerings_celebrity ON offerings (celebrity_id, position) WHERE is_active;

-- Open hours in the celebrity's own zone. `closes_at` may be '24:00'. Weekday 1 is Monday (ISO).
CREATE TABLE weekly_hours (
  id           uuid PRIMARY KEY,
  celebrity_id uuid NOT NULL REFERENCES celebrities (id) ON DELETE CASCADE,
  weekday      smallint NOT NULL CHECK (weekday BETWEEN 1 AND 7),
  opens_minute  smallint NOT NULL CHECK (opens_minute BETWEEN 0 AND 1439),
  closes_minute smallint NOT NULL CHECK (closes_minute BETWEEN 1 AND 1440),
  CHECK (closes_minute > opens_minute)
);
CREATE INDEX weekly_hours_celebrity ON weekly_hours (celebrity_id);

-- One day that differs from the weekly hours: no rows in `open_ranges` means closed.
CREATE TABLE day_exceptions (
  celebrity_id uuid NOT NULL REFERENCES celebrities (id) ON DELETE CASCADE,
  day          date NOT NULL,
  -- `[[600, 1080], …]` minutes after local midnight; empty is a closed day.
  open_ranges  jsonb NOT NULL DEFAULT '[]',
  note         text NOT NULL DEFAULT '',
  PRIMARY KEY (celebrity_id, day)
);

-- Which days still have room, in the celebrity's zone: a projection for the date filter of search, rebuilt from rules and allocations.
CREATE TABLE open_days (
  celebrity_id uuid PRIMARY KEY REFERENCES celebrities (id) ON DELETE CASCADE,
  days         datemultirange NOT NULL,
  computed_at  timestamptz NOT NULL
);
CREATE INDEX open_days_days ON open_days USING gist (days);

CREATE TABLE reviews (
  id           uuid PRIMARY KEY,
  booking_id   uuid NOT NULL UNIQUE,
  celebrity_id uuid NOT NULL REFERENCES celebrities (id) ON DELETE CASCADE,
  author_id    uuid NOT NULL,
  author_name  text NOT NULL,
  rating       smallint NOT NULL CHECK (rating BETWEEN 1 AND 5),
  body         text NOT NULL DEFAULT '',
  offering_kind text NOT NULL,
  created_at   timestamptz NOT NULL
);
CREATE INDEX reviews_celebrity ON reviews (celebrity_id, created_at DESC, id DESC);
