//! `stagedoor migrate`: brings the schema up to date, and lets another role serve on it.

use anyhow::Context as _;
use database::serving_role;

use crate::config::Config;
use crate::console;
use crate::lifecycle::Ground;

/// Brings the schema up to date, and gives the role that serves what it needs of it.
pub async fn run(config: Config) -> anyhow::Result<()> {
    let ground = Ground::open(&config).await?;
    let granted = match &config.serving_role {
        Some(role) => serving_role::grant_to(&ground.database, role).await,
        None => Ok(()),
    };
    let granted = granted.context("the role in STAGEDOOR_SERVING_ROLE could not be given what serving needs");
    ground.close_after(granted).await?;
    console::say("The schema is up to date.");
    Ok(())
}
