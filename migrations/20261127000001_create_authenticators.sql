-- An authenticator app. Its secret is not here: it is made from the salt and a key of the installation.
CREATE TABLE authenticators (
  person_id    uuid PRIMARY KEY REFERENCES people (id) ON DELETE CASCADE,
  salt         bytea NOT NULL,
  created_at   timestamptz NOT NULL,
  -- Before a first code was right, it opens and guards nothing.
  confirmed_at timestamptz,
  -- The time step of the last code that was taken: each works once.
  last_step    bigint NOT NULL DEFAULT 0
);

-- For whoever has lost the app. Stored as keyed hashes; each works once.
CREATE TABLE recovery_codes (
  person_id uuid NOT NULL REFERENCES authenticators (person_id) ON DELETE CASCADE,
  code_hash bytea NOT NULL,
  used_at   timestamptz,
  PRIMARY KEY (person_id, code_hash)
);
