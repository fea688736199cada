//! Double entry on PostgreSQL: accounts by kind and owner, transfers, postings, checks. It knows no template: what a transfer is
//! about is the caller's to say.

pub mod bulk;
mod error;
pub mod queries;
mod store;
mod transfer;

pub use error::LedgerError;
pub use queries::{Balance, Report};
pub use store::post;
pub use transfer::{Account, Posting, Thing, Transfer, transfer_id};
