//! The access registry: every entry point with its policy, limits and priority.
//!
//! Routers are built from these tables and from nothing else; what is not listed cannot be served. The generated access
//! test reads the same tables, so a new entry point is tested the moment it exists.

mod budget;
mod entry;
pub mod table;

pub use budget::{Budget, GivenBack, NetworkWidth};
pub use entry::{BodyLimit, Entry, Guard, Method, Policy, Priority, Rate, Surface};

/// Every entry point of the program, in the order of the tables.
pub fn all() -> impl Iterator<Item = &'static Entry> {
    table::ALL.iter().flat_map(|table| table.iter().copied())
}
