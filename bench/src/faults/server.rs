//! Faults of the program itself and of what it writes to.

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use tokio::time::timeout;

use crate::faults::arena::{Arena, Printing};
use crate::faults::outcome::Outcome;

/// More requests than fit into a pipe as lines of log.
const REQUESTS: usize = 800;
/// How long one of them may take.
const REQUEST_MAX: Duration = Duration::from_secs(5);

/// The server is killed and started again.
pub async fn killed(arena: &mut Arena<'_>, name: &'static str) -> anyhow::Result<Outcome> {
    let load = arena.load(name, 1).await?;
    let killed = Instant::now();
    arena.server(0)?.kill()?;
    arena.start(0, &[], Printing::ToFile).await?;
    arena.judge(name, load, killed).await
}

/// The server is told to stop and started again.
pub async fn stopped(arena: &mut Arena<'_>, name: &'static str) -> anyhow::Result<Outcome> {
    let load = arena.load(name, 1).await?;
    let took = arena.stop(0).await?;
    let stopped = Instant::now();
    arena.start(0, &[], Printing::ToFile).await?;
    let mut outcome = arena.judge(name, load, stopped).await?;
    outcome.note = format!("it stopped within {:.1} s", took.as_secs_f64());
    Ok(outcome)
}

/// One of two servers is killed, and comes back.
pub async fn one_of_two(arena: &mut Arena<'_>, name: &'static str) -> anyhow::Result<Outcome> {
    arena.start(1, &[], Printing::ToFile).await?;
    let load = arena.load(name, 2).await?;
    let killed = Instant::now();
    arena.server(1)?.kill()?;
    ensure!(load.more(10, Duration::from_secs(30)).await, "the other server does not go on alone");
    arena.start(1, &[], Printing::ToFile).await?;
    arena.judge(name, load, killed).await
}

/// The log goes into a pipe that nobody reads.
pub async fn unread_log(arena: &mut Arena<'_>, name: &'static str) -> anyhow::Result<Outcome> {
    arena.stop(0).await?;
    arena.start(0, &[("STAGEDOOR_LOG", "info")], Printing::Unread).await?;
    let load = arena.load(name, 1).await?;
    let client = &arena.clients(1)[0];
    for number in 0..REQUESTS {
        let answer = timeout(REQUEST_MAX, client.get("/api/categories")).await;
        answer.ok().and_then(Result::ok).with_context(|| format!("request {number} was not answered"))?;
    }
    let mut outcome = arena.judge(name, load, Instant::now()).await?;
    let took = arena.stop(0).await?;
    outcome.note = format!("{REQUESTS} requests more; it stopped within {:.1} s", took.as_secs_f64());
    Ok(outcome)
}
