//! The API's description of itself.

mod docs;
mod openapi;
