//! The binary `stagedoor`.

use std::process::ExitCode;

use clap::Parser as _;
use kernel::Causes;

#[cfg(feature = "jemalloc")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    match stagedoor::commands::Arguments::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("stagedoor: {}", Causes(error.as_ref()));
            ExitCode::FAILURE
        }
    }
}
