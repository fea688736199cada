//! Whatever crosses domains or leaves the building, by area, and owns those transactions; reactions to facts; jobs.

pub mod account;
mod answer;
pub mod background;
pub mod booking;
pub mod calendar;
mod error;
pub mod gift_card;
mod lanes;
mod mail;
pub mod payment;
mod profile;

pub use answer::AnswerTemplate;
pub use error::WorkflowError;
