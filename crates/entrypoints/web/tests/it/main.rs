//! The site over HTTP, on a database of its own.

mod accounts;
mod browser;
mod frame;
