//! The foundation against a real PostgreSQL.

mod testing;
