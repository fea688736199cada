CREATE TABLE people (
  id                uuid PRIMARY KEY,
  email             text NOT NULL,
  display_name      text NOT NULL CHECK (length(display_name) BETWEEN 1 AND 80),
  roles             text[] NOT NULL DEFAULT '{customer}'
                    CHECK (roles <@ ARRAY['customer', 'celebrity', 'agent', 'support', 'admin']),
  status            text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended')),
  time_zone         text NOT NULL DEFAULT 'UTC',
  locale            text NOT NULL DEFAULT 'en',
  email_verified_at timestamptz,
  -- Raised whenever every token of this person must die: password, role or status changed.
  epoch             integer NOT NULL DEFAULT 0,
  -- Demo people exist only in demo data and carry no personal data.
  is_demo           boolean NOT NULL DEFAULT false,
  created_at        timestamptz NOT NULL,
  updated_at        timestamptz NOT NULL
);
CREATE UNIQUE INDEX people_email_key ON people (lower(email));

CREATE TABLE credentials (
  person_id     uuid PRIMARY KEY REFERENCES people (id) ON DELETE CASCADE,
  password_hash text NOT NULL,
  changed_at    timestamptz NOT NULL
);

CREATE TABLE sessions (
  id            uuid PRIMARY KEY,
  person_id     uuid NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  -- `browser` sessions carry one opaque cookie, `api` sessions a family of rotating refresh tokens.
  kind          text NOT NULL CHECK (kind IN ('browser', 'api')),
  cookie_hash   bytea UNIQUE,
  user_agent    text NOT NULL DEFAULT '',
  ip_prefix     text NOT NULL DEFAULT '',
  created_at    timestamptz NOT NULL,
  last_seen_at  timestamptz NOT NULL,
  expires_at    timestamptz NOT NULL,
  revoked_at    timestamptz,
  revoke_reason text CHECK (revoke_reason IN ('logout', 'ended_by_owner', 'refresh_reuse', 'password_changed', 'suspended', 'ended_by_staff')),
  CHECK ((kind = 'browser') = (cookie_hash IS NOT NULL)),
  CHECK ((revoked_at IS NULL) = (revoke_reason IS NULL))
);
CREATE INDEX sessions_person ON sessions (person_id, created_at DESC);

CREATE TABLE refresh_tokens (
  id           uuid PRIMARY KEY,
  session_id   uuid NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
  token_hash   bytea NOT NULL UNIQUE,
  created_at   timestamptz NOT NULL,
  used_at      timestamptz,
  -- The token that answered when this one was used; an unused successor means the answer may have been lost.
  successor_id uuid REFERENCES refresh_tokens (id) ON DELETE SET NULL,
  revoked_at   timestamptz
);
CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id);

-- Single-use links sent by mail.
CREATE TABLE purpose_tokens (
  id         uuid PRIMARY KEY,
  person_id  uuid NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  purpose    text NOT NULL CHECK (purpose IN ('verify_email', 'reset_password')),
  token_hash bytea NOT NULL UNIQUE,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at    timestamptz
);
CREATE INDEX purpose_tokens_person ON purpose_tokens (person_id, purpose);

-- Failed log-ins in a row, by account and network; a success clears them.
CREATE TABLE login_failures (
  account_key    bytea NOT NULL,
  ip_prefix      text NOT NULL,
  failures       integer NOT NULL,
  last_failed_at timestamptz NOT NULL,
  PRIMARY KEY (account_key, ip_prefix)
);

-- Who may act for a celebrity, and in what.
CREATE TABLE representations (
  id           uuid PRIMARY KEY,
  celebrity_id uuid NOT NULL,
  agent_id     uuid NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  scopes       text[] NOT NULL CHECK (scopes <@ ARRAY['hold', 'quote', 'sign', 'message', 'payout_view']),
  granted_at   timestamptz NOT NULL,
  revoked_at   timestamptz
);
CREATE UNIQUE INDEX representations_live ON representations (celebrity_id, agent_id) WHERE revoked_at IS NULL;
CREATE INDEX representations_agent ON representations (agent_id) WHERE revoked_at IS NULL;
