-- A program that does not know the migration named here must not work on this schema: what it writes would be wrong, or would fail.
-- A migration that the release before cannot live with names itself here: see `migrations/README.md`.
INSERT INTO installation (name, value, created_at) VALUES ('oldest_program', '20261201000301', timestamptz '2026-12-01 00:00Z')
ON CONFLICT (name) DO NOTHING;
