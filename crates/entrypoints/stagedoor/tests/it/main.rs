//! Tests of the built program with its own private cluster: starting, killing, restarting and backing up.

mod connections;
mod neighbours;
mod production;
mod program;
mod restart;
mod safekeeping;
mod sentences;
mod traces;
