//! Getting in: log in, register, verify the address, set a new password.

pub(crate) mod code;
mod door;
pub(crate) mod forgot;
pub(crate) mod login;
pub(crate) mod notice;
pub(crate) mod passkey;
pub(crate) mod register;
pub(crate) mod reset;
pub(crate) mod verify;
mod way_back;
