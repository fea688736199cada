//! `stagedoor demo`: fictional data through the same tables and rules.

use ::demo::Size;
use clap::Args;

use crate::config::Config;
use crate::lifecycle::{Ground, Stop};
use crate::{demo_data, site};

/// How much to load.
#[derive(Debug, Args)]
pub struct Options {
    /// `lite` (a handful), `demo` (240 celebrities, two years), `peer` (as much as the bench's peer has) or `scale` (a
    /// million bookings).
    #[arg(long, default_value = "demo")]
    size: Size,
}

/// Loads demo data into a database without other people and ends.
pub async fn run(config: Config, options: Options) -> anyhow::Result<()> {
    let mut stop = Stop::listen()?;
    let ground = Ground::open(&config).await?;
    let parts = site::build(&config, &ground).await?;
    let loaded = stop.or(demo_data::load(&config, &parts.site, options.size)).await;
    drop(parts);
    ground.close().await?;
    match loaded {
        Some(outcome) => demo_data::print_summary(&outcome?),
        None => println!("Stopped; nothing was loaded."),
    }
    Ok(())
}
