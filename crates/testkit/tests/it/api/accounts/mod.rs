//! Accounts and sessions over the API.

mod api_keys;
mod email;
mod login;
mod me;
mod passkeys;
mod password;
mod register;
mod sessions;
mod totp;
