//! Tests of the built program with its own private cluster: starting, killing, restarting and backing up.

mod connections;
mod neighbours;
mod planted;
mod production;
mod program;
mod restart;
mod roles;
mod safekeeping;
mod sentences;
mod statement_lines;
mod traces;
