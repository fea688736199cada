//! `stagedoor secret adopt`: takes the configured secret as the one of this database.

use anyhow::Context as _;
use clap::{Args, Subcommand};

use crate::config::Config;
use crate::lifecycle::Ground;
use crate::{console, secret};

/// The command on the secret.
#[derive(Debug, Args)]
pub struct SecretOptions {
    #[command(subcommand)]
    command: SecretCommand,
}

#[derive(Debug, Subcommand)]
enum SecretCommand {
    /// Take STAGEDOOR_SECRET as the secret of this database, where the one before is lost.
    Adopt,
}

/// Runs the command.
pub async fn run(config: Config, SecretOptions { command: SecretCommand::Adopt }: SecretOptions) -> anyhow::Result<()> {
    let secret = config.secret.as_ref().context("set the new secret as STAGEDOOR_SECRET")?;
    let ground = Ground::open(&config).await?;
    let adopted = secret::adopt(&ground.database, &secret::bytes(secret)).await;
    ground.close_after(adopted).await?;
    console::say(
        "The secret is taken. Everybody has to set a new password; authenticator apps and recovery codes are void.",
    );
    Ok(())
}
