//! The binary `stagedoor`.

use std::process::ExitCode;

use clap::Parser as _;
use kernel::Causes;
use stagedoor::commands::Arguments;
use stagedoor::console;

#[cfg(feature = "jemalloc")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let patience = arguments.patience();
    let code = match arguments.run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            console::error().push(format!("stagedoor: {}\n", Causes(error.as_ref())).as_bytes(), true);
            ExitCode::FAILURE
        }
    };
    console::finish(patience);
    code
}
