//! The foundation against a real PostgreSQL.

mod facts;
mod group_commit;
mod migrations;
mod testing;
