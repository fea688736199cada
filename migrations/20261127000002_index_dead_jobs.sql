-- Jobs that were given up are few among millions that are finished, and are counted whenever figures are drawn.
CREATE INDEX jobs_dead ON jobs (dead_at) WHERE dead_at IS NOT NULL;
