//! Read-only joins over several domains' tables: free times from rules and allocations, prices from offerings and fees,
//! credit from the ledger and what it paid for.

pub mod availability;
pub mod backlog;
pub mod contacts;
pub mod credit_history;
pub mod discovery;
mod error;
pub mod integrity;
pub mod offers;
pub mod price;
pub mod track_records;
pub mod unspent;

pub use calendar::Span;
pub use error::OverviewError;
