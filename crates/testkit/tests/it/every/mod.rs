//! What holds for every entry point alike.

mod access_matrix;
mod bad_input;
mod contract;
mod dates;
mod guard;
mod keyed_calls;
mod pages;
mod privacy;
mod safe_methods;
mod scopes;
mod security_log;
mod staff;
mod statements;
mod throttles;
