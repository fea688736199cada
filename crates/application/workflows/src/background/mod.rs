//! The background work of the server: facts, jobs, deadlines and schedules.

mod check_books;
mod clock_comparison;
mod consumers;
mod jobs;
mod keep_facts;
mod sweep;
mod worker;

pub use worker::{begin_consumers, fire_schedules, known_jobs, retry_parked_facts, run_until_idle, spawn};
