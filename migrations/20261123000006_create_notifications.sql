-- Every mail we owe somebody, once: the dedupe key names the fact and the reader.
CREATE TABLE mails (
  id          uuid PRIMARY KEY,
  dedupe_key  text NOT NULL UNIQUE,
  person_id   uuid,
  to_address  text NOT NULL,
  to_name     text NOT NULL DEFAULT '',
  template    text NOT NULL,
  subject     text NOT NULL,
  body_text   text NOT NULL,
  body_html   text NOT NULL DEFAULT '',
  -- `{"filename": "…", "content_type": "text/calendar", "text": "…"}` or null.
  attachment  jsonb,
  created_at  timestamptz NOT NULL,
  -- When the mailer took it; `kept` mails are shown on the mailbox page instead.
  sent_at     timestamptz,
  -- Texts and attachment stay while they are queued or kept, and are emptied when they were sent or given up.
  state       text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'sent', 'kept', 'failed'))
);
CREATE INDEX mails_newest ON mails (created_at DESC, id DESC);
CREATE INDEX mails_person ON mails (person_id, created_at DESC);
