-- A customer may keep a refund as credit. Jobs of a kind of its own pay such a refund, so that the previous release does not.
ALTER TABLE refunds ADD COLUMN is_kept boolean NOT NULL DEFAULT false;
