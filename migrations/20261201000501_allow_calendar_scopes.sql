-- Previous release: it writes fewer scopes than this allows.
-- API keys may read and change the calendars elsewhere of a celebrity. A server of the previous release takes such a key for its other scopes.
-- There are few keys, so checking those that are stored takes no time.
ALTER TABLE api_keys
  DROP CONSTRAINT api_keys_scopes_check,
  ADD CONSTRAINT api_keys_scopes_check CHECK (cardinality(scopes) > 0 AND scopes <@ ARRAY[
    'profile:read', 'profile:write', 'bookings:read', 'bookings:write', 'payments:read', 'payments:write', 'calendars:read', 'calendars:write'
  ]);
