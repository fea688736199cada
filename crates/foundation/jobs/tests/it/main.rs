//! Jobs against a real PostgreSQL.

mod bench;
mod dead;
mod lanes;
mod outcomes;
mod schedules;
mod unwanted;
