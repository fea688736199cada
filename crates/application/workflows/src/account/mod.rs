//! Accounts, with the mails to their owners.

mod api_keys;
mod confirmation;
mod mails;
pub mod passkeys;
mod password;
mod password_link;
mod registration;
pub mod second_factor;
mod session;

pub use api_keys::create_api_key;
pub use password::{change_password, reset_password};
pub(crate) use password_link::MailPasswordLink;
pub use password_link::request_password_reset;
pub use registration::{register, resend_verification, verify_email};
pub use session::refresh;
