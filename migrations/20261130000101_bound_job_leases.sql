-- The number of expired leases in a row: a job that kills the server that runs it is given up after several.
ALTER TABLE jobs ADD COLUMN lapses integer NOT NULL DEFAULT 0;

-- Of a kind that the previous release does not know, whose servers would give it up. They take it for leased, because `lease_until` is
-- 'infinity' as long as nobody has it; servers of this release go by `lease_token`.
ALTER TABLE jobs ADD COLUMN is_hidden boolean NOT NULL DEFAULT false;

-- Each server leases only kinds that it knows, lane by lane, so the index starts with the kind.
CREATE INDEX jobs_due_of_kind ON jobs (kind, run_at, id) WHERE finished_at IS NULL AND dead_at IS NULL;
DROP INDEX jobs_due;

-- Which occurrence of each schedule was the last to be enqueued, by whichever server.
CREATE TABLE job_schedules (
  kind      text PRIMARY KEY,
  fired_for timestamptz NOT NULL
);
