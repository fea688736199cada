//! The foundation against a real PostgreSQL.

mod migrations;
mod testing;
