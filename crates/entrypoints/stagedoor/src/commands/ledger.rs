//! `stagedoor ledger check`: prints the trial balance and checks the books.

use clap::{Args, Subcommand};
use database::Database;
use kernel::{Clock as _, Money, SystemClock};
use ledger::{Balance, Report};

use crate::config::Config;
use crate::lifecycle::Ground;

/// The command on the ledger.
#[derive(Debug, Args)]
pub struct LedgerOptions {
    #[command(subcommand)]
    command: LedgerCommand,
}

#[derive(Debug, Subcommand)]
enum LedgerCommand {
    /// Print the trial balance and every rule that is broken; fails when one is.
    Check,
}

/// Checks the books.
pub async fn run(config: Config, LedgerOptions { command: LedgerCommand::Check }: LedgerOptions) -> anyhow::Result<()> {
    let ground = Ground::open(&config).await?;
    let checked = check(&ground.database).await;
    let report = ground.close_after(checked).await?;
    print!("{}", trial_balance(&report.balances));
    anyhow::ensure!(report.faults.is_empty(), "the books do not hold:\n  - {}", report.faults.join("\n  - "));
    println!("The books balance.");
    Ok(())
}

/// The balances by kind of account; debits are positive, credits negative.
fn trial_balance(balances: &[Balance]) -> String {
    let line = |account: &str, currency: &str, balance: &str| format!("{account:<24}{currency:<10}{balance:>22}\n");
    let mut text = line("account", "currency", "balance");
    for one in balances {
        let amount = Money::new(one.balance_minor, one.currency).to_string();
        text += &line(&one.kind, one.currency.code(), &amount);
    }
    text
}

async fn check(database: &Database) -> anyhow::Result<Report> {
    // A bulk transaction, because adding up years of postings takes longer than the statement time-out of requests.
    let mut tx = database::bulk::begin(database).await?;
    let report = workflows::payment::check_books(&mut tx, SystemClock.now().date_naive()).await?;
    tx.rollback().await?;
    Ok(report)
}

#[cfg(test)]
mod tests {
    use kernel::Currency;

    use super::*;

    #[test]
    fn columns_are_aligned() {
        let line = |kind: &str, currency, balance_minor| Balance { kind: kind.to_owned(), currency, balance_minor };
        let balances =
            [line("provider_clearing", Currency::Usd, 1_234_567), line("booking_escrow", Currency::Jpy, -9_000)];
        let drawn = trial_balance(&balances);
        let lines: Vec<Vec<&str>> = drawn.lines().map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(lines[0], ["account", "currency", "balance"]);
        assert_eq!(lines[1], ["provider_clearing", "USD", "$12,345.67"]);
        assert_eq!(lines[2], ["booking_escrow", "JPY", "−¥9,000"]);
        assert!(drawn.lines().all(|line| line.chars().count() == 56), "{drawn}");
    }
}
