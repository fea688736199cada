//! `stagedoor secret adopt`: takes the configured secret as the one of this database.

use anyhow::Context as _;
use clap::{Args, Subcommand};
use kernel::secret::MasterSecret;

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
    /// Take STAGEDOOR_SECRET as the secret of this database, where the one before is lost; stop all servers before.
    Adopt,
}

/// Runs the command.
pub async fn run(config: Config, SecretOptions { command: SecretCommand::Adopt }: SecretOptions) -> anyhow::Result<()> {
    let secret = config.secret.as_ref().context("set the new secret as STAGEDOOR_SECRET")?;
    let ground = Ground::visit(&config).await?;
    let adopted = adopt(&ground, &secret::bytes(secret)).await;
    ground.close_after(adopted).await?;
    console::say(
        "The secret is taken. Everybody has to set a new password; authenticator apps and recovery codes are void.",
    );
    Ok(())
}

async fn adopt(ground: &Ground, new: &MasterSecret) -> anyhow::Result<()> {
    let mut tx = ground.database.begin().await?;
    // A server that runs goes on with the old one: what it hashes and signs from now on would be void after its next start.
    ground.refuse_beside_servers_until_commit(&mut tx).await?;
    secret::replace(&mut tx, new).await?;
    Ok(tx.commit().await?)
}
