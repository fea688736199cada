//! `stagedoor jobs dead` and `stagedoor jobs retry`: lists jobs that were given up, and runs them again.

use ::jobs::dead::{self, DeadJob, Retrial, Selection};
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
    let JobsReport { text, left } = ground.close_after(done).await?;
    console::print(text);
    ensure!(left == 0, "{left} of these jobs will not run again, because they were not given up");
    Ok(())
}

/// What is printed.
struct JobsReport {
    text: String,
    /// How many jobs were named and will not run again.
    left: usize,
}

async fn carry_out(database: &Database, command: JobsCommand) -> anyhow::Result<JobsReport> {
    let text = match command {
        JobsCommand::Dead => {
            let mut connection = database.acquire().await?;
            table(&dead::list(&mut connection, LISTED_MAX).await?)
        }
        JobsCommand::Retry(which) if which.all => {
            let mut tx = database.begin().await?;
            let retried = dead::retry(&mut tx, Selection::All(which.kind.as_deref()), SystemClock.now()).await?;
            tx.commit().await?;
            format!("{} will run again.\n", retried.len())
        }
        JobsCommand::Retry(which) => {
            let mut tx = database.begin().await?;
            let retrials = dead::retry_each(&mut tx, &which.ids, SystemClock.now()).await?;
            tx.commit().await?;
            return Ok(report(&retrials));
        }
    };
    Ok(JobsReport { text, left: 0 })
}

/// A line for each job.
fn report(retrials: &[(Uuid, Retrial)]) -> JobsReport {
    let line = |(id, retrial): &(Uuid, Retrial)| {
        let words = match retrial {
            Retrial::Again => "will run again",
            Retrial::Done => "was done already",
            Retrial::UnderWay => "was not given up: it waits for its turn, or runs",
            Retrial::Missing => "is not there",
        };
        format!("{id}  {words}\n")
    };
    let left = retrials.iter().filter(|(_, retrial)| *retrial != Retrial::Again).count();
    JobsReport { text: retrials.iter().map(line).collect(), left }
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
