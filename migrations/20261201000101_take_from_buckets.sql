-- Takes one token from each bucket, in the order given, and stops at the first that has none: the answer is its place, counted from one,
-- and its tokens, which are below zero; no row when every bucket had one. A debt of at most one token is stored, so that somebody who keeps
-- calling keeps waiting.
-- Narrow buckets are named before those that more people share: whoever has used up their own takes nothing from their neighbours, and
-- since every caller names them in this order, two calls cannot wait for each other.
CREATE FUNCTION take_from_buckets(bucket_keys text[], capacities float8[], refills_per_s float8[], moment timestamptz)
RETURNS TABLE (place integer, debt float8) LANGUAGE plpgsql AS $$
DECLARE tokens_left float8;
BEGIN
  FOR turn IN 1 .. cardinality(bucket_keys) LOOP
    INSERT INTO rate_buckets AS bucket (key, tokens, updated_at) VALUES (bucket_keys[turn], capacities[turn] - 1, moment)
    ON CONFLICT (key) DO UPDATE SET
      tokens = greatest(-1, least(capacities[turn], bucket.tokens
        + refills_per_s[turn] * greatest(0, extract(epoch FROM moment - bucket.updated_at)::float8)) - 1),
      updated_at = moment
    RETURNING bucket.tokens INTO tokens_left;
    IF tokens_left < 0 THEN
      RETURN QUERY SELECT turn, tokens_left;
      RETURN;
    END IF;
  END LOOP;
END $$;
