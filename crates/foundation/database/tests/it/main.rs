//! The foundation against a real PostgreSQL.

mod fact_days;
mod facts;
mod group_commit;
mod migrations;
mod reserve;
mod restarted;
mod silence;
mod testing;
