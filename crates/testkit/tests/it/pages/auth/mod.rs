//! Getting in: log in, register, verify the address, set a new password.

mod code;
mod forgot;
mod login;
mod passkey;
mod register;
mod reset;
mod verify;
