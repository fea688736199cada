//! Payments over the API.

mod pay;
mod show;
mod withdraw;
