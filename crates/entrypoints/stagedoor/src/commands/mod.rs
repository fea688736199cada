//! The commands of the binary.

mod backup;
mod demo;
mod facts;
mod jobs;
mod ledger;
mod migrate;
mod serve;

use clap::{Parser, Subcommand};

use crate::config::Config;

/// Stagedoor: book a celebrity.
#[derive(Debug, Parser)]
#[command(version, about)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the site, the API and the jobs.
    Serve,
    /// Bring the schema up to date.
    Migrate,
    /// Load fictional data.
    Demo(demo::DemoOptions),
    /// Write the whole database into a file, while the site runs.
    Backup(backup::BackupOptions),
    /// Put a backup into an empty database.
    Restore(backup::BackupOptions),
    /// Look at the books.
    Ledger(ledger::LedgerOptions),
    /// Look at jobs that were given up, and run them again.
    Jobs(jobs::JobsOptions),
    /// Look at facts that no release could read yet.
    Facts(facts::FactsOptions),
    /// Print the document of the API (OpenAPI 3.1) on standard output.
    Openapi,
}

impl Arguments {
    /// Runs the command to its end.
    pub fn run(self) -> anyhow::Result<()> {
        let config = Config::from_environment()?;
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(workers()).enable_all().build()?;
        let _log = crate::telemetry::start_log(config.mode, runtime.handle())?;
        runtime.block_on(async {
            match self.command {
                Command::Serve => serve::run(config).await,
                Command::Migrate => migrate::run(config).await,
                Command::Demo(options) => demo::run(config, options).await,
                Command::Backup(options) => backup::back_up(config, options).await,
                Command::Restore(options) => backup::restore(config, options).await,
                Command::Ledger(options) => ledger::run(config, options).await,
                Command::Jobs(options) => jobs::run(config, options).await,
                Command::Facts(options) => facts::run(config, options).await,
                Command::Openapi => {
                    println!("{}", api::openapi::document(&config.public_url));
                    Ok(())
                }
            }
        })
    }
}

/// One worker thread more than cores: while one parks or wakes up, another can run, so that no core idles under load.
fn workers() -> usize {
    std::thread::available_parallelism().map_or(2, std::num::NonZero::get) + 1
}
