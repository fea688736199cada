//! The services and settings of one installation, and the addresses of its pages: what every entry point and workflow works with.

pub mod links;
mod providers;
mod services;
mod settings;

pub use providers::PaymentProviders;
pub use services::{Parts, Services, Site, outside};
pub use settings::Settings;
