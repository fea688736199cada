//! The foundation against a real PostgreSQL.

mod group_commit;
mod migrations;
mod testing;
