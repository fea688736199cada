//! REST under `/api`: JSON in and out, problem+json for errors, an OpenAPI document made from the code.

mod accounts;
mod catalog;
pub mod openapi;
mod operations;
mod router;

pub use router::routes;
