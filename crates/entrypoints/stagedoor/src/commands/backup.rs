//! `stagedoor backup FILE` and `stagedoor restore FILE`: the whole database in one file, with `pg_dump` and `pg_restore`.

use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use clap::Args;
use database::migrations;
use percent_encoding::percent_decode_str;
use tokio::process::Command;

use crate::config::Config;
use crate::console;
use crate::lifecycle::{Ground, Stop};

/// The file of the backup.
#[derive(Debug, Args)]
pub struct BackupOptions {
    /// The file; a finished backup replaces an older one, an unfinished one does not.
    file: PathBuf,
}

/// Writes a consistent snapshot of the database into a file; the site may run meanwhile.
pub async fn back_up(config: Config, BackupOptions { file }: BackupOptions) -> anyhow::Result<()> {
    let mut stop = Stop::listen()?;
    let ground = Ground::reach(&config).await?;
    let written = stop.or(dump(&ground, &file)).await;
    ground.close_after(written.unwrap_or_else(stopped)).await?;
    let bytes = std::fs::metadata(&file)?.len();
    console::say(format_args!(
        "Wrote {} ({bytes} bytes). It holds personal data and the site's secret: keep it as safe as the site.",
        file.display()
    ));
    Ok(())
}

/// Restores a backup into a database without people.
pub async fn restore(config: Config, BackupOptions { file }: BackupOptions) -> anyhow::Result<()> {
    ensure!(file.is_file(), "there is no backup at {}", file.display());
    let mut stop = Stop::listen()?;
    let ground = Ground::reach(&config).await?;
    let restored = stop.or(put_back(&ground, &file)).await;
    ground.close_after(restored.unwrap_or_else(stopped)).await?;
    // Opening migrates: a backup of an older version gets the current schema.
    Ground::open(&config).await?.close_after(Ok(())).await?;
    console::say(format_args!("Restored {}. Check it with `stagedoor ledger check`.", file.display()));
    Ok(())
}

fn stopped() -> anyhow::Result<()> {
    bail!("stopped before the end: nothing was changed")
}

async fn dump(ground: &Ground, file: &Path) -> anyhow::Result<()> {
    let unfinished = Unfinished::create(file)?;
    let mut tool = tool(ground, "pg_dump")?;
    tool.args(["--format=custom", "--no-owner", "--no-privileges"]).arg("--file").arg(&unfinished.0);
    let (url, password) = without_password(ground.url());
    run(tool.env("PGPASSWORD", password).arg(url)).await?;
    unfinished.finish(file)
}

/// A backup that is being written, removed unless it is finished.
struct Unfinished(PathBuf);

impl Unfinished {
    /// Creates the file with mode 0600, which the tool keeps, so that nobody else can read it at any time.
    fn create(file: &Path) -> anyhow::Result<Self> {
        let mut path = file.as_os_str().to_owned();
        path.push(".part");
        let path = PathBuf::from(path);
        let mut private = std::fs::OpenOptions::new();
        private.write(true).create(true).truncate(true).mode(0o600);
        private.open(&path).with_context(|| format!("{} cannot be written", path.display()))?;
        Ok(Self(path))
    }

    fn finish(self, file: &Path) -> anyhow::Result<()> {
        std::fs::rename(&self.0, file).with_context(|| format!("{} could not be replaced", file.display()))
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // Gone already if it was finished.
        std::fs::remove_file(&self.0).ok();
    }
}

async fn put_back(ground: &Ground, file: &Path) -> anyhow::Result<()> {
    ground.refuse_beside_servers().await?;
    let mut tx = ground.database.begin().await?;
    let people = if migrations::is_empty(&mut tx).await? { 0 } else { accounts::bulk::people_count(&mut tx).await? };
    tx.rollback().await?;
    ensure!(people == 0, "{people} people live in this database; restore into one that is empty");
    // One transaction: a backup that cannot be read leaves everything as it was.
    let mut tool = tool(ground, "pg_restore")?;
    tool.args(["--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"]);
    let (url, password) = without_password(ground.url());
    run(tool.env("PGPASSWORD", password).arg("--dbname").arg(url).arg(file)).await?;
    // A server that begins while tables are replaced waits for their locks. One that began between the first check and those locks holds
    // values from before.
    ground.refuse_beside_servers().await.context("the backup is restored, but a server began meanwhile; start it anew")
}

/// Splits the password off the address, because everybody on the machine can read a program's arguments.
fn without_password(url: &str) -> (String, String) {
    let found = url.split_once("://").and_then(|(scheme, rest)| {
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let at = rest[..end].rfind('@')?;
        let (user, password) = rest[..at].split_once(':')?;
        let password = percent_decode_str(password).decode_utf8_lossy().into_owned();
        Some((format!("{scheme}://{user}{}", &rest[at..]), password))
    });
    found.unwrap_or_else(|| (url.to_owned(), String::new()))
}

fn tool(ground: &Ground, name: &str) -> anyhow::Result<Command> {
    Ok(Command::new(ground.postgres_program(name)?))
}

async fn run(tool: &mut Command) -> anyhow::Result<()> {
    let name = Path::new(tool.as_std().get_program()).file_name().unwrap_or_default().to_string_lossy().into_owned();
    // Ends with us when we are told to stop.
    let output = tool.kill_on_drop(true).output().await;
    let output = output.with_context(|| format!("{name} could not be run; install PostgreSQL's client programs"))?;
    let complaint = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{name} failed, and changed nothing: {}", complaint.trim());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_is_split_off_the_address() {
        let split = |url| without_password(url);
        let address = "postgres://ana@host:5432/stage?sslmode=require".to_owned();
        assert_eq!(
            split("postgres://ana:a%2Fb%40+&=c@host:5432/stage?sslmode=require"),
            (address, "a/b@+&=c".to_owned())
        );
        let socket = "postgres://stagedoor@localhost/stagedoor?host=/a:b@c";
        assert_eq!(split(socket), (socket.to_owned(), String::new()));
    }
}
