-- House conventions: ids are UUIDv7 made by the program; every time is `timestamptz` and passed in by the program's clock,
-- never `now()`; money is `<what>_minor bigint` beside `currency char(3)`; closed sets are `text` with a CHECK.
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS unaccent;

-- Values that belong to the installation as a whole, such as a generated master secret.
CREATE TABLE installation (
  name       text PRIMARY KEY,
  value      text NOT NULL,
  created_at timestamptz NOT NULL
);

-- Facts, written in the transaction of their effect. A dispatcher takes each out in the transaction that writes the jobs it causes.
CREATE TABLE outbox (
  position      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id            uuid NOT NULL,
  topic         text NOT NULL,
  subject_id    uuid NOT NULL,
  payload       jsonb NOT NULL,
  occurred_at   timestamptz NOT NULL
);

-- How a statement of any domain records its facts beside its effect, in one round trip.
CREATE FUNCTION append_facts(ids uuid[], topics text[], subject_ids uuid[], payloads jsonb[], at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO outbox (id, topic, subject_id, payload, occurred_at)
  SELECT *, at FROM unnest(ids, topics, subject_ids, payloads);
END
$$;

CREATE TABLE jobs (
  id          uuid PRIMARY KEY,
  kind        text NOT NULL,
  payload     jsonb NOT NULL,
  -- The same reaction to the same fact is one job, however often it is asked for.
  dedupe_key  text NOT NULL UNIQUE,
  run_at      timestamptz NOT NULL,
  attempts    integer NOT NULL DEFAULT 0,
  lease_token uuid,
  lease_until timestamptz,
  last_error  text,
  created_at  timestamptz NOT NULL,
  finished_at timestamptz,
  -- Given up after the last attempt; kept for a person to look at and replay.
  dead_at     timestamptz
);
CREATE INDEX jobs_due ON jobs (run_at) WHERE finished_at IS NULL AND dead_at IS NULL;
CREATE INDEX jobs_finished ON jobs (finished_at) WHERE finished_at IS NOT NULL;

-- Answers kept for retries: unique per actor, route and key; stored in the transaction of the effect.
CREATE TABLE idempotency_keys (
  actor_id     uuid NOT NULL,
  route        text NOT NULL,
  key          text NOT NULL,
  request_hash bytea NOT NULL,
  status       smallint NOT NULL,
  body         bytea NOT NULL,
  created_at   timestamptz NOT NULL,
  PRIMARY KEY (actor_id, route, key)
);
-- How a statement of any domain keeps the answers of its effect, in one round trip; a key that was used is a unique violation.
-- They go in by their keys, so that two groups wait for each other in one order only.
CREATE FUNCTION keep_answers(actor_ids uuid[], routes text[], keys text[], request_hashes bytea[], statuses smallint[], bodies bytea[], at timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO idempotency_keys (actor_id, route, key, request_hash, status, body, created_at)
  SELECT *, at FROM unnest(actor_ids, routes, keys, request_hashes, statuses, bodies) AS answer (actor_id, route, key) ORDER BY actor_id, route, key;
END
$$;
CREATE INDEX idempotency_keys_age ON idempotency_keys USING brin (created_at);

-- Token buckets that every node shares.
CREATE TABLE rate_buckets (
  key        text PRIMARY KEY,
  tokens     double precision NOT NULL,
  updated_at timestamptz NOT NULL
);
CREATE INDEX rate_buckets_age ON rate_buckets (updated_at);
