//! `stagedoor jobs dead` and `stagedoor jobs retry`: lists jobs that were given up, and runs them again.

use ::jobs::dead::{self, DeadJob, Selection};
use anyhow::ensure;
use clap::{Args, Subcommand};
use database::Database;
use kernel::{Clock as _, SystemClock};
use uuid::Uuid;

use crate::config::Config;
use crate::console;
use crate::lifecycle::Ground;

/// The most jobs that are listed; `/metrics` counts all of them.
const LISTED_MAX: i64 = 1_000;

/// The command on dead jobs.
#[derive(Debug, Args)]
pub struct JobsOptions {
    #[command(subcommand)]
    command: JobsCommand,
}

#[derive(Debug, Subcommand)]
enum JobsCommand {
    /// List jobs that were given up, the latest first.
    Dead,
    /// Run jobs again that were given up; a server that runs does them.
    Retry(RetrySelection),
}

#[derive(Debug, Args)]
struct RetrySelection {
    /// Their ids, as `dead` lists them.
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    ids: Vec<Uuid>,
    /// All of them.
    #[arg(long)]
    all: bool,
    /// With --all: only those of this kind.
    #[arg(long, requires = "all", conflicts_with = "ids")]
    kind: Option<String>,
}

/// Runs the command.
pub async fn run(config: Config, options: JobsOptions) -> anyhow::Result<()> {
    let ground = Ground::visit(&config).await?;
    let done = carry_out(&ground.database, options.command).await;
    console::print(ground.close_after(done).await?);
    Ok(())
}

async fn carry_out(database: &Database, command: JobsCommand) -> anyhow::Result<String> {
    match command {
        JobsCommand::Dead => {
            let mut connection = database.acquire().await?;
            Ok(table(&dead::list(&mut connection, LISTED_MAX).await?))
        }
        JobsCommand::Retry(which) => {
            let kind = which.kind.as_deref();
            let selection = if which.all { Selection::All(kind) } else { Selection::Ids(&which.ids) };
            let mut tx = database.begin().await?;
            let count = dead::retry(&mut tx, selection, SystemClock.now()).await?;
            tx.commit().await?;
            let expected = which.ids.len();
            ensure!(
                which.all || usize::try_from(count).is_ok_and(|count| count == expected),
                "{count} of {expected} jobs will run again; the others are not among those that were given up"
            );
            Ok(format!("{count} will run again.\n"))
        }
    }
}

fn table(jobs: &[DeadJob]) -> String {
    if jobs.is_empty() {
        return "No job was given up.\n".to_owned();
    }
    let line = |job: &DeadJob| {
        let DeadJob { id, kind, attempts, dead_at, last_error } = job;
        format!("{id}  {}  {kind} after {attempts} tries: {last_error}\n", dead_at.format("%Y-%m-%d %H:%M UTC"))
    };
    jobs.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use crate::commands::Arguments;

    #[test]
    fn what_to_retry_is_said() {
        let id = "01939c6e-0000-7000-8000-000000000000";
        let understood = |words: &[&str]| Arguments::try_parse_from(["stagedoor", "jobs"].iter().chain(words)).is_ok();
        assert!(understood(&["dead"]) && understood(&["retry", id]) && understood(&["retry", "--all"]));
        assert!(understood(&["retry", "--all", "--kind", "send_mail"]));
        for words in [&["retry"][..], &["retry", id, "--all"], &["retry", id, "--kind", "send_mail"], &["retry", "x"]] {
            assert!(!understood(words), "{words:?}");
        }
    }
}
