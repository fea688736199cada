//! `stagedoor demo`: loads fictional data, removes it, or closes its logins.

use ::demo::{LoadSummary, Size};
use anyhow::{bail, ensure};
use clap::{Args, Subcommand};
use database::migrations;

use crate::config::Config;
use crate::lifecycle::{Ground, Stop};
use crate::{console, demo_data, site};

/// How much to load, or what else to do.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct DemoOptions {
    /// `lite` (a handful), `demo` (240 celebrities, two years), `peer` (what `bench http` measures) or `scale` (a
    /// million bookings).
    #[arg(long, default_value = "demo")]
    size: Size,
    #[command(subcommand)]
    command: Option<DemoCommand>,
}

#[derive(Debug, Clone, Copy, Subcommand)]
enum DemoCommand {
    /// Remove everything and leave an empty database; stop all servers before. Refused where real people have registered.
    Remove,
    /// Take every login from the demo people, and leave the rest.
    Close,
}

/// Runs the command.
pub async fn run(config: Config, options: DemoOptions) -> anyhow::Result<()> {
    match options.command {
        None => load_into_new(config, options.size).await,
        Some(command) => {
            let ground = Ground::visit(&config).await?;
            let done = undo(&ground, command).await;
            console::say(ground.close_after(done).await?);
            Ok(())
        }
    }
}

/// Loads demo data into a database without real people.
async fn load_into_new(config: Config, size: Size) -> anyhow::Result<()> {
    if let Some(fault) = config.open_logins() {
        bail!(fault);
    }
    let mut stop = Stop::listen()?;
    let ground = Ground::open(&config).await?;
    let loaded = load(&config, &ground, size, &mut stop).await;
    match ground.close_after(loaded).await? {
        Some(summary) => demo_data::print_summary(&summary),
        None => console::say("Stopped; nothing was loaded."),
    }
    Ok(())
}

async fn load(config: &Config, ground: &Ground, size: Size, stop: &mut Stop) -> anyhow::Result<Option<LoadSummary>> {
    let parts = site::build(config, ground).await?;
    Ok(stop.or(demo_data::load(config, &parts.site, size)).await.transpose()?)
}

async fn undo(ground: &Ground, command: DemoCommand) -> anyhow::Result<String> {
    let mut tx = ground.database.begin().await?;
    match command {
        DemoCommand::Remove => {
            ground.refuse_beside_servers_until_commit(&mut tx).await?;
            let real = accounts::bulk::real_people_count(&mut tx).await?;
            ensure!(
                real == 0,
                "{real} real people have registered here, and would be lost; `stagedoor demo close` closes the demo logins"
            );
            migrations::remove_everything(&mut tx).await?;
            tx.commit().await?;
            migrations::migrate(&ground.database).await?;
            Ok("The database is empty.".to_owned())
        }
        DemoCommand::Close => {
            let count = accounts::bulk::close_demo_logins(&mut tx).await?;
            tx.commit().await?;
            Ok(format!("{count} demo people cannot log in any more."))
        }
    }
}
