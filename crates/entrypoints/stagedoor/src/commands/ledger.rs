//! `stagedoor ledger check`: the trial balance, and whether the books hold.

use clap::{Args, Subcommand};
use database::Database;
use payments::ledger::Report;

use crate::config::Config;
use crate::lifecycle::Ground;

/// Which look at the books.
#[derive(Debug, Args)]
pub struct Options {
    #[command(subcommand)]
    command: Look,
}

#[derive(Debug, Subcommand)]
enum Look {
    /// Print the trial balance and every rule that is broken; fails when one is.
    Check,
}

/// Looks at the books and ends.
pub async fn run(config: Config, Options { command: Look::Check }: Options) -> anyhow::Result<()> {
    let ground = Ground::open(&config).await?;
    let checked = check(&ground.database).await;
    let report = ground.close_after(checked).await?;
    for line in &report.balances {
        println!("{:<20} {} {:>20}", line.kind, line.currency, line.balance_minor);
    }
    anyhow::ensure!(report.faults.is_empty(), "the books do not hold:\n  - {}", report.faults.join("\n  - "));
    println!("The books balance.");
    Ok(())
}

async fn check(database: &Database) -> anyhow::Result<Report> {
    // Years of postings take longer to add up than a request may last.
    let mut tx = database::bulk::begin(database).await?;
    let report = payments::ledger::check(&mut tx).await?;
    tx.rollback().await?;
    Ok(report)
}
