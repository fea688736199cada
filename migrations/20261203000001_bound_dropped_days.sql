-- What is dropped from the log of facts has a bound that whoever asks for it cannot move: the days that are kept, counted back from today
-- by the database's own clock, which nobody who asks can set. `stagedoor migrate`, or a server that migrates, writes them here; the role that serves may only read them.
CREATE TABLE fact_retention (
  is_only   boolean PRIMARY KEY DEFAULT true CHECK (is_only),
  days_kept integer NOT NULL CHECK (days_kept > 0)
);
INSERT INTO fact_retention (days_kept) VALUES (1);

-- Drops the earliest partition of a day before `kept_from`, and says whether there was one.
CREATE OR REPLACE FUNCTION drop_day_of_facts(kept_from date) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET timezone = 'UTC' AS $$
DECLARE name text;
BEGIN
  kept_from := least(kept_from, current_date - (SELECT days_kept FROM fact_retention));
  SELECT relname INTO name FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
  WHERE inhparent = 'facts'::regclass AND relname ~ '^facts_\d{8}$' AND relname < 'facts_' || to_char(kept_from, 'YYYYMMDD')
  ORDER BY relname LIMIT 1;
  IF name IS NULL THEN
    RETURN false;
  END IF;
  EXECUTE format('DROP TABLE %I', name);
  RETURN true;
END $$;

-- Few rows: none is changed, only where the function looks for tables, which its replacement forgot.
DO $$
BEGIN
  EXECUTE format('ALTER FUNCTION drop_day_of_facts(date) SET search_path = %I, pg_temp', current_schema());
END $$;
