//! Log-in, registration, verification of the address, password reset.

pub(crate) mod code;
mod door;
pub(crate) mod forgot;
pub(crate) mod left_behind;
pub(crate) mod login;
pub(crate) mod notice;
pub(crate) mod passkey;
pub(crate) mod register;
pub(crate) mod reset;
pub(crate) mod verify;
mod way_back;
