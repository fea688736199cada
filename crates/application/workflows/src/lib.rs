//! Whatever crosses domains or leaves the building, and owns those transactions; reactions to facts; jobs.

mod services;

pub use services::{Parts, Services, Settings, Site};
