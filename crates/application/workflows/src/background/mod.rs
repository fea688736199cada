//! What the server does by itself: it turns facts into jobs, works off jobs and deadlines, and sweeps.

mod reactions;
pub mod sweep;
mod worker;

pub use worker::{run_until_idle, spawn};
