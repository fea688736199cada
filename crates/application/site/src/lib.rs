//! The services and settings of one installation, and the addresses of its pages, for entry points and workflows.

mod clock_health;
pub mod links;
mod missed_codes;
mod providers;
mod running_calls;
mod services;
mod settings;

pub use clock_health::ClockHealth;
pub use missed_codes::MissedCodes;
pub use providers::PaymentProviders;
pub use running_calls::{RunningCall, RunningCalls};
pub use services::{ServiceParts, Services, Site, outside};
pub use settings::Settings;
