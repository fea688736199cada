//! `stagedoor demo`: loads fictional data.

use ::demo::{LoadSummary, Size};
use anyhow::bail;
use clap::Args;

use crate::config::Config;
use crate::lifecycle::{Ground, Stop};
use crate::{demo_data, site};

/// How much to load.
#[derive(Debug, Args)]
pub struct DemoOptions {
    /// `lite` (a handful), `demo` (240 celebrities, two years), `peer` (what `bench http` measures) or `scale` (a
    /// million bookings).
    #[arg(long, default_value = "demo")]
    size: Size,
}

/// Loads demo data into a database without real people.
pub async fn run(config: Config, options: DemoOptions) -> anyhow::Result<()> {
    if let Some(fault) = config.open_logins() {
        bail!(fault);
    }
    let mut stop = Stop::listen()?;
    let ground = Ground::open(&config).await?;
    let loaded = load(&config, &ground, options.size, &mut stop).await;
    match ground.close_after(loaded).await? {
        Some(summary) => demo_data::print_summary(&summary),
        None => println!("Stopped; nothing was loaded."),
    }
    Ok(())
}

async fn load(config: &Config, ground: &Ground, size: Size, stop: &mut Stop) -> anyhow::Result<Option<LoadSummary>> {
    let parts = site::build(config, ground).await?;
    Ok(stop.or(demo_data::load(config, &parts.site, size)).await.transpose()?)
}
