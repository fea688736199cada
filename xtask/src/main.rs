//! The tasks of the repository: run it, test it, keep it tidy.

mod bench;
mod build_cost;
mod contract;
mod frontend;
mod fuzz;
mod fuzz_calendars;
mod libraries;
mod machine;
mod mutants;
mod python;
mod run;
mod shell;
mod sqlx;
mod stamp;
mod testing;
mod tidy;
mod tools;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(name = "cargo xtask", about = "Runs, tests and tidies Stagedoor")]
struct XtaskArguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Install what is missing, build, and serve on 127.0.0.1:8080 with demo data.
    Run {
        /// Keep cargo's report of what each crate took to build.
        #[arg(long)]
        timings: bool,
    },
    /// Everything that has to hold: format, lints, tidy, unit, database, HTTP and browser tests.
    Test,
    /// The same without the browser.
    Check,
    /// Refresh the cache of checked statements in `.sqlx`.
    Sqlx,
    /// Measure: `cargo xtask bench http`, `bench money`, `bench build`; break things: `cargo xtask bench faults`.
    Bench {
        /// Scenario and its options, as the bench program takes them.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Try the API with input of every kind, made from its own document; takes long. `fuzz calendars 600` tries the reader of external
    /// calendars with broken files instead, for so many seconds.
    Fuzz {
        /// `calendars` with the seconds, or options of `st run`, such as `--max-examples 500`.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Change the code that decides, one place at a time, and name each change for which no test fails; takes hours.
    Mutants {
        /// Try only files with this in their path.
        only: Option<String>,
    },
    /// Check the API's document, and that clients generated from it compile and have every operation.
    Contract,
    /// Look for libraries with known vulnerabilities; needs the network.
    Audit,
    /// Arrows between crates, owners of tables, file sizes, documented paths.
    Tidy,
}

fn main() -> ExitCode {
    let outcome = match XtaskArguments::parse().task {
        Task::Run { timings } => run::run(timings),
        Task::Test => testing::run(testing::TestScope::Everything),
        Task::Check => testing::run(testing::TestScope::WithoutBrowser),
        Task::Sqlx => sqlx::refresh(),
        Task::Bench { arguments } => bench::run(&arguments),
        Task::Mutants { only } => mutants::run(only.as_deref()),
        Task::Contract => contract::run(),
        Task::Audit => libraries::audit(),
        Task::Fuzz { arguments } => match arguments.split_first() {
            Some((what, options)) if what == "calendars" => fuzz_calendars::run(options),
            _ => fuzz::run(&arguments),
        },
        Task::Tidy => tidy::run(),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("xtask: {error:#}");
        ExitCode::FAILURE
    })
}
