//! Accounts, with the mails to their owners.

mod api_keys;
mod mails;
pub mod passkeys;
mod password;
mod registration;
pub mod second_factor;
mod session;

pub use api_keys::create_api_key;
pub use password::{change_password, request_password_reset, reset_password};
pub use registration::{register, resend_verification, verify_email};
pub use session::refresh;
