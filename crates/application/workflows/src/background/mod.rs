//! What the server does by itself: it turns facts into jobs, works off jobs and deadlines, and fires schedules.

mod jobs;
pub(crate) mod lanes;
mod reactions;
mod sweep;
mod worker;

pub use worker::{fire_schedules, known_jobs, run_until_idle, spawn};
