//! Whatever crosses domains or leaves the building, and owns those transactions; reactions to facts; jobs.

pub mod account;
mod error;
mod mails;
mod services;
pub mod worker;

pub use error::WorkflowError;
pub use services::{Parts, Services, Settings, Site};
