//! Read-only joins over several domains' tables: free times from rules and allocations, prices from offerings and fees.

pub mod availability;
pub mod backlog;
pub mod contacts;
pub mod discovery;
mod error;
pub mod integrity;
pub mod offers;
pub mod price;

pub use calendar::Span;
pub use error::OverviewError;
