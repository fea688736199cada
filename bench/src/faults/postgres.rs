//! Faults of the database and of the way to it.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};

use crate::faults::arena::Arena;
use crate::faults::outcome::Outcome;

/// The longest time that a server takes to stop, whatever the database does.
const STOP_MAX: Duration = Duration::from_secs(15);

/// Every connection goes silent, while new ones are fine. Then once more, and the server is told to stop.
pub async fn silent(arena: &mut Arena<'_>, name: &'static str) -> anyhow::Result<Outcome> {
    let load = arena.load(name, 1).await?;
    arena.proxy.go_silent().await;
    let mut outcome = arena.judge(name, load, Instant::now()).await?;
    arena.proxy.go_silent().await;
    let took = arena.stop(0).await?;
    ensure!(took < STOP_MAX, "the server took {took:.1?} to stop");
    outcome.note = format!("silent again, it stopped within {:.1} s", took.as_secs_f64());
    Ok(outcome)
}

/// One process of PostgreSQL is killed, so that all are restarted.
pub async fn backend_dies(arena: &mut Arena<'_>, name: &'static str) -> anyhow::Result<Outcome> {
    let load = arena.load(name, 1).await?;
    let backend =
        "SELECT pid FROM pg_stat_activity WHERE application_name = 'stagedoor' AND pid <> pg_backend_pid() LIMIT 1";
    let backend: i32 = sqlx::query_scalar(backend).fetch_one(arena.database.pool()).await?;
    signal("-KILL", &[u32::try_from(backend)?])?;
    arena.judge(name, load, Instant::now()).await
}

/// PostgreSQL stands still for a while.
pub async fn freezes(arena: &mut Arena<'_>, name: &'static str, is_short: bool) -> anyhow::Result<Outcome> {
    let still = Duration::from_secs(if is_short { 2 } else { 12 });
    let load = arena.load(name, 1).await?;
    let postmaster = arena.postgres.process_id()?;
    // The main process first, and a moment for the signal to arrive: a child that it was just making would be missed, and go on.
    signal("-STOP", &[postmaster])?;
    tokio::time::sleep(Duration::from_millis(50)).await;
    let family = family(postmaster)?;
    signal("-STOP", &family)?;
    tokio::time::sleep(still).await;
    let ready = arena.clients(1)[0].answers("/readyz").await;
    signal("-CONT", &family)?;
    let mut outcome = arena.judge(name, load, Instant::now()).await?;
    outcome.note = format!("it stood still for {} s", still.as_secs());
    ensure!(!ready, "the server said that it is ready while the database stood still");
    Ok(outcome)
}

/// All of PostgreSQL is killed, and started again after a second.
pub async fn killed(arena: &mut Arena<'_>, name: &'static str) -> anyhow::Result<Outcome> {
    let load = arena.load(name, 1).await?;
    signal("-KILL", &[arena.postgres.process_id()?])?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    ensure!(arena.postgres.revive()?, "it had died");
    arena.judge(name, load, Instant::now()).await
}

fn signal(name: &str, processes: &[u32]) -> anyhow::Result<()> {
    let mut command = Command::new("kill");
    command.arg(name).args(processes.iter().map(ToString::to_string));
    // One of them may have ended meanwhile.
    command.status().with_context(|| format!("{name} could not be sent"))?;
    Ok(())
}

/// A process and its children.
fn family(process: u32) -> anyhow::Result<Vec<u32>> {
    let children = fs::read_dir("/proc")?.flatten().filter_map(|entry| {
        let id: u32 = entry.file_name().to_str()?.parse().ok()?;
        let status = fs::read_to_string(entry.path().join("status")).ok()?;
        let parent: u32 = status.lines().find_map(|line| line.strip_prefix("PPid:"))?.trim().parse().ok()?;
        (parent == process).then_some(id)
    });
    Ok(std::iter::once(process).chain(children).collect())
}
