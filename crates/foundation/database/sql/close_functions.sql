-- Functions that run with the rights of whoever owns the tables are nobody else's, until the role that serves is given them. What a
-- migration took from everybody, a backup does not keep: PostgreSQL gives it to everybody again when it is restored.
DO $$
DECLARE
  one text;
BEGIN
  FOR one IN
    SELECT p.oid::regprocedure::text FROM pg_proc p
    WHERE p.pronamespace = current_schema()::regnamespace AND p.prosecdef AND has_function_privilege('public', p.oid, 'EXECUTE')
      AND pg_has_role(p.proowner, 'USAGE')
  LOOP
    EXECUTE 'REVOKE EXECUTE ON FUNCTION ' || one || ' FROM PUBLIC';
  END LOOP;
END
$$;
