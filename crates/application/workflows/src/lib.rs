//! Whatever crosses domains or leaves the building, and owns those transactions; reactions to facts; jobs.

pub mod account;
pub mod booking;
mod booking_mails;
pub mod calendars;
mod error;
mod mails;
mod open_days;
pub mod passkeys;
pub mod payment;
mod reactions;
pub mod second_factor;
mod services;
pub mod sweep;
pub mod worker;

pub use error::WorkflowError;
pub use services::{Parts, Services, Settings, Site};
