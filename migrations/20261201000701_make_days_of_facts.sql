-- The daily partitions of facts are made and dropped by functions, so that a server may serve under a role that cannot change the schema.
-- They run with the rights of whoever owns the tables, and can make and drop nothing else.
CREATE FUNCTION make_day_of_facts(made date) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE name text := 'facts_' || to_char(made, 'YYYYMMDD');
BEGIN
  -- Not where the default partition has facts of that day already: they are read all the same.
  IF to_regclass(name) IS NOT NULL OR EXISTS (SELECT FROM facts_default WHERE day = made) THEN
    RETURN false;
  END IF;
  -- Created separately and then attached, because that does not wait for writers of other days.
  EXECUTE format('CREATE TABLE %I (LIKE facts INCLUDING ALL)', name);
  EXECUTE format('ALTER TABLE facts ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', name, made, made + 1);
  RETURN true;
END $$;

-- Drops the earliest partition of a day before `kept_from`, and says whether there was one.
CREATE FUNCTION drop_day_of_facts(kept_from date) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE name text;
BEGIN
  SELECT relname INTO name FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
  WHERE inhparent = 'facts'::regclass AND relname ~ '^facts_\d{8}$' AND relname < 'facts_' || to_char(kept_from, 'YYYYMMDD')
  ORDER BY relname LIMIT 1;
  IF name IS NULL THEN
    RETURN false;
  END IF;
  EXECUTE format('DROP TABLE %I', name);
  RETURN true;
END $$;

-- Only whoever owns the schema, and the role that serves (`stagedoor migrate` names it).
REVOKE EXECUTE ON FUNCTION make_day_of_facts(date), drop_day_of_facts(date) FROM PUBLIC;

-- Few rows: none is changed, only where two functions look for tables.
-- Whoever calls them chooses neither the schema nor, by a temporary table, what `facts` is.
DO $$
BEGIN
  EXECUTE format('ALTER FUNCTION make_day_of_facts(date) SET search_path = %I, pg_temp', current_schema());
  EXECUTE format('ALTER FUNCTION drop_day_of_facts(date) SET search_path = %I, pg_temp', current_schema());
END $$;
