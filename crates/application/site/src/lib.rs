//! The services and settings of one installation, and the addresses of its pages, for entry points and workflows.

pub mod links;
mod services;
mod settings;

pub use services::{ServiceParts, Services, Site, outside};
pub use settings::Settings;
