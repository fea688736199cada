//! The program as people run it: started, killed, started again, backed up; with a private cluster of its own.

mod program;
mod restart;
mod safekeeping;
mod sentences;
mod traces;
