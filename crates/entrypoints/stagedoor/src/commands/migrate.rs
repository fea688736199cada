//! `stagedoor migrate`: brings the schema up to date.

use crate::config::Config;
use crate::console;
use crate::lifecycle::Ground;

/// Brings the schema up to date.
pub async fn run(config: Config) -> anyhow::Result<()> {
    let ground = Ground::open(&config).await?;
    console::say("The schema is up to date.");
    ground.close_after(Ok(())).await
}
