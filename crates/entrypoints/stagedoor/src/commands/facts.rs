//! `stagedoor facts parked` and `stagedoor facts retry`: lists parked facts, and consumes those that this release can read.

use clap::{Args, Subcommand};
use database::facts::{self, ParkedFact};

use crate::config::Config;
use crate::console;
use crate::lifecycle::Ground;
use crate::site;

/// The most facts that are listed; `/metrics` counts all of them.
const LISTED_MAX: i64 = 1_000;

/// The command on parked facts.
#[derive(Debug, Args)]
pub struct FactsOptions {
    #[command(subcommand)]
    command: FactsCommand,
}

#[derive(Debug, Subcommand)]
enum FactsCommand {
    /// List facts that a consumer could not read, the latest first.
    Parked,
    /// Consume those that this release can read; servers do so when they start, and every hour.
    Retry,
}

/// Runs the command.
pub async fn run(config: Config, options: FactsOptions) -> anyhow::Result<()> {
    let ground = Ground::visit(&config).await?;
    let done = carry_out(&config, &ground, options.command).await;
    console::print(ground.close_after(done).await?);
    Ok(())
}

async fn carry_out(config: &Config, ground: &Ground, command: FactsCommand) -> anyhow::Result<String> {
    match command {
        FactsCommand::Parked => {
            let mut connection = ground.database.acquire().await?;
            Ok(table(&facts::list_parked(&mut connection, LISTED_MAX).await?))
        }
        FactsCommand::Retry => {
            let parts = site::build(config, ground).await?;
            let count = workflows::background::retry_parked_facts(&parts.site).await?;
            Ok(format!("{count} were consumed.\n"))
        }
    }
}

fn table(parked: &[ParkedFact]) -> String {
    if parked.is_empty() {
        return "No fact is parked.\n".to_owned();
    }
    let line = |fact: &ParkedFact| {
        let ParkedFact { consumer, id, topic, version, reason, parked_at } = fact;
        format!(
            "{id}  {}  {topic} version {version} for {consumer}: {reason}\n",
            parked_at.format("%Y-%m-%d %H:%M UTC")
        )
    };
    parked.iter().map(line).collect()
}
