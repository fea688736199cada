//! `stagedoor ledger`: prints the trial balance and checks the books, or prints the running statement of an account.

use anyhow::Context as _;
use clap::{Args, Subcommand};
use database::Database;
use kernel::{Clock as _, Money, SystemClock};
use ledger::{AccountLine, Balance, Report};
use uuid::Uuid;

use crate::config::Config;
use crate::console;
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
    /// Print all postings of an account with the balance after each.
    Statement {
        /// The kind of the account, as in the trial balance, and whose it is: `gift_card:0198…`. Without an owner, the platform's own.
        account: String,
    },
}

/// Runs the command.
pub async fn run(config: Config, options: LedgerOptions) -> anyhow::Result<()> {
    let ground = Ground::visit(&config).await?;
    match options.command {
        LedgerCommand::Check => {
            let checked = check(&ground.database).await;
            let report = ground.close_after(checked).await?;
            console::print(trial_balance(&report.balances));
            anyhow::ensure!(report.faults.is_empty(), "the books do not hold:\n  - {}", report.faults.join("\n  - "));
            console::say("The books balance.");
        }
        LedgerCommand::Statement { account } => {
            let lines = statement(&ground.database, &account).await;
            console::print(running(&ground.close_after(lines).await?));
        }
    }
    Ok(())
}

async fn statement(database: &Database, account: &str) -> anyhow::Result<Vec<AccountLine>> {
    let (kind, owner) = account.split_once(':').unwrap_or((account, ""));
    let owner = if owner.is_empty() { Uuid::nil() } else { owner.parse().context("whose account it is, is a UUID")? };
    let mut tx = database::bulk::begin(database).await?;
    let lines = ledger::queries::statement(&mut tx, kind, owner).await?;
    tx.rollback().await?;
    anyhow::ensure!(
        !lines.is_empty(),
        "nothing was ever posted to {account}; `stagedoor ledger check` lists the kinds of accounts"
    );
    Ok(lines)
}

/// One line for each posting; debits are positive, credits negative.
fn running(lines: &[AccountLine]) -> String {
    let line = |at: &str, template: &str, amount: &str, balance: &str, about: &str| {
        format!("{at:<22}{template:<24}{amount:>20}{balance:>20}  {about}\n")
    };
    let mut text = line("moment", "movement", "amount", "balance", "about");
    for one in lines {
        let at = one.occurred_at.format("%Y-%m-%dT%H:%M:%SZ").to_string();
        let about =
            [Some(one.subject.as_str()), one.reference.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" ");
        text += &line(&at, &one.template, &one.amount.to_string(), &one.balance.to_string(), &about);
    }
    text
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
