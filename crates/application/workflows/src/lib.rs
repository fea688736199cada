//! What crosses domains or calls other services, by area, with its transactions; consumers of facts; jobs.

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
