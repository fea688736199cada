//! Configuration, wiring, telemetry, lifecycle and commands of the one binary.

pub mod commands;
pub mod config;
pub mod connections;
pub mod console;
pub mod deadlines;
pub mod demo_data;
pub mod lifecycle;
pub mod log_writer;
pub mod machine;
pub mod open_files;
pub mod secret;
pub mod seldom;
pub mod server;
pub mod site;
pub mod statement_lines;
pub mod telemetry;
pub mod traces;
pub mod upkeep;
pub mod watched;
