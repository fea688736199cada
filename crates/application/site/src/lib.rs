//! The services and settings of one installation, and the addresses of its pages, for entry points and workflows.

pub mod links;
mod missed_codes;
mod providers;
mod services;
mod settings;

pub use missed_codes::MissedCodes;
pub use providers::PaymentProviders;
pub use services::{ServiceParts, Services, Site, outside};
pub use settings::Settings;
