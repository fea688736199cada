-- Facts become a log that several consumers read, each at its own pace. Before, one dispatcher emptied an outbox.
--
-- The day is that of the writer's clock. Days have partitions of their own, which are made and dropped by a nightly job; a day without one
-- goes to `facts_default`, so that no insert fails for want of a partition.
CREATE SEQUENCE facts_position AS bigint;
CREATE TABLE facts (
  day         date NOT NULL,
  -- The writing transaction. Positions are assigned before the commit, so a reader that compares only them would skip facts that are
  -- committed late; readers stay below the oldest transaction that still runs.
  xid         xid8 NOT NULL DEFAULT pg_current_xact_id(),
  position    bigint NOT NULL DEFAULT nextval('facts_position'),
  id          uuid NOT NULL,
  topic       text NOT NULL,
  -- Of the payload's form, by topic.
  version     smallint NOT NULL,
  subject_id  uuid NOT NULL,
  payload     jsonb NOT NULL,
  occurred_at timestamptz NOT NULL
) PARTITION BY RANGE (day);
-- No primary key: those of partitions cannot be dropped one by one, which PostgreSQL's tools do when they restore a backup.
CREATE INDEX facts_order ON facts (xid, position);
CREATE TABLE facts_default PARTITION OF facts DEFAULT;

-- How far the log is closed: no fact is written to a day before `open_from`, and none is looked for there by a consumer who has read up
-- to the last fact of those days. One row.
CREATE TABLE fact_log (
  is_only         boolean PRIMARY KEY DEFAULT true CHECK (is_only),
  open_from       date NOT NULL,
  closed_xid      xid8 NOT NULL DEFAULT '0',
  closed_position bigint NOT NULL DEFAULT 0
);
INSERT INTO fact_log (open_from) VALUES ('0001-01-01');

-- How far each consumer has read; moved in the transaction in which it handles the facts.
CREATE TABLE fact_cursors (
  consumer text PRIMARY KEY,
  xid      xid8 NOT NULL,
  position bigint NOT NULL
);
INSERT INTO fact_cursors (consumer, xid, position) VALUES ('booking_mails', '0', 0), ('open_days', '0', 0);

-- From which day on these consumers have something to look at: the open days and one before them, or all days when one of the consumers
-- has yet to read closed ones.
CREATE FUNCTION facts_from(consumers text[]) RETURNS date LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN EXISTS (SELECT FROM fact_cursors WHERE consumer = ANY(consumers) AND (xid, position) < (closed_xid, closed_position))
              THEN '0001-01-01' ELSE open_from - 1 END
  FROM fact_log
$$;

-- Facts that a consumer could not read, kept whole until a server can.
CREATE TABLE parked_facts (
  consumer    text NOT NULL,
  id          uuid NOT NULL,
  topic       text NOT NULL,
  version     smallint NOT NULL,
  subject_id  uuid NOT NULL,
  payload     jsonb NOT NULL,
  occurred_at timestamptz NOT NULL,
  reason      text NOT NULL,
  parked_at   timestamptz NOT NULL,
  PRIMARY KEY (consumer, id)
);

-- How any statement records facts, beside their effect, in one round trip.
CREATE FUNCTION append_facts(ids uuid[], topics text[], versions smallint[], subject_ids uuid[], payloads jsonb[], at timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO facts (day, id, topic, version, subject_id, payload, occurred_at)
  SELECT greatest((at AT TIME ZONE 'UTC')::date, (SELECT open_from FROM fact_log)), fact.*, at
  FROM unnest(ids, topics, versions, subject_ids, payloads) AS fact;
END
$$;

-- The previous release, while its servers still run: what it appends or writes to its outbox goes to the log, and its own dispatcher
-- finds nothing to do.
CREATE OR REPLACE FUNCTION append_facts(ids uuid[], topics text[], subject_ids uuid[], payloads jsonb[], at timestamptz)
RETURNS void LANGUAGE sql AS $$
  SELECT append_facts(ids, topics, array_fill(1::smallint, ARRAY[coalesce(cardinality(ids), 0)]), subject_ids, payloads, at)
$$;
CREATE FUNCTION forward_outbox() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM append_facts(ARRAY[NEW.id], ARRAY[NEW.topic], ARRAY[NEW.subject_id], ARRAY[NEW.payload], NEW.occurred_at);
  RETURN NULL;
END
$$;
-- Creating the trigger waits for running writers, so the next statement sees all rows.
CREATE TRIGGER forward_outbox BEFORE INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION forward_outbox();
WITH moved AS (DELETE FROM outbox RETURNING *)
INSERT INTO facts (day, position, id, topic, version, subject_id, payload, occurred_at)
SELECT (occurred_at AT TIME ZONE 'UTC')::date, nextval('facts_position'), id, topic, 1, subject_id, payload, occurred_at
FROM (SELECT * FROM moved ORDER BY position) AS moved;
