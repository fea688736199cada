-- Keys that programs show in a person's name. The key itself is shown once and stored as a hash.
CREATE TABLE api_keys (
  id           uuid PRIMARY KEY,
  person_id    uuid NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  name         text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
  key_hash     bytea NOT NULL UNIQUE,
  -- How the key begins, so that its owner can tell which is which.
  hint         text NOT NULL,
  scopes       text[] NOT NULL CHECK (cardinality(scopes) > 0 AND scopes <@ ARRAY[
                 'profile:read', 'profile:write', 'bookings:read', 'bookings:write', 'payments:read', 'payments:write']),
  created_at   timestamptz NOT NULL,
  expires_at   timestamptz NOT NULL,
  last_used_at timestamptz,
  revoked_at   timestamptz
);
-- A second try of the same request finds the name taken, and makes no second key.
CREATE UNIQUE INDEX api_keys_name ON api_keys (person_id, lower(name)) WHERE revoked_at IS NULL;
