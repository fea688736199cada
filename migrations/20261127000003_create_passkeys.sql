-- Public halves of passkeys.
CREATE TABLE passkeys (
  id            uuid PRIMARY KEY,
  person_id     uuid NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  name          text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
  -- How the device calls it.
  credential_id bytea NOT NULL UNIQUE,
  -- The public key, and what stays as it was when the passkey was made.
  public_key    bytea NOT NULL,
  -- What each use may change: the counter of signatures, whether it is backed up.
  device_state  bytea NOT NULL,
  -- How the device may be reached, as a set of bits.
  transports    smallint NOT NULL,
  created_at    timestamptz NOT NULL,
  last_used_at  timestamptz
);
CREATE UNIQUE INDEX passkeys_name ON passkeys (person_id, lower(name));

-- Challenges to devices that wait for their answer; each is answered once.
CREATE TABLE passkey_challenges (
  challenge  bytea PRIMARY KEY,
  -- For whom a passkey is being made; null when somebody wants in.
  person_id  uuid REFERENCES people (id) ON DELETE CASCADE,
  state      bytea NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX passkey_challenges_person ON passkey_challenges (person_id);
CREATE INDEX passkey_challenges_expires ON passkey_challenges (expires_at);
