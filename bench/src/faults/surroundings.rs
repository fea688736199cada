//! Faults of what the program stands on and talks to: the disk, the mail server, the clock.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use serde_json::json;

use crate::faults::arena::{Arena, Printing};
use crate::faults::outcome::Outcome;
use crate::{BenchStage, FaultOptions};

/// How long a refund may take while letters wait.
const REFUND_MAX: Duration = Duration::from_secs(10);
/// How long a server with a wrong clock may take to say so.
const REFUSAL_MAX: Duration = Duration::from_secs(60);
/// The size of the disk that is filled, in megabytes.
const DISK_MB: u32 = 400;
/// Where Debian has the library that changes the time of a program.
const FAKE_TIME: [&str; 2] =
    ["/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1", "/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1"];

/// The mail server takes connections and says nothing. Refunds do not wait for it.
pub async fn silent_mail(arena: &mut Arena<'_>, name: &'static str) -> anyhow::Result<Outcome> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let url = format!("smtp://127.0.0.1:{}", listener.local_addr()?.port());
    std::thread::spawn(move || listener.incoming().flatten().collect::<Vec<_>>());
    arena.stop(0).await?;
    arena.start(0, &[("STAGEDOOR_SMTP_URL", &url)], Printing::ToFile).await?;
    let load = arena.load(name, 1).await?;
    ensure!(load.more(20, Duration::from_secs(60)).await, "bookings wait for the mail");
    let mut outcome = arena.judge(name, load, Instant::now()).await?;
    let waiting: i64 = sqlx::query_scalar("SELECT count(*) FROM mails WHERE state = 'queued'")
        .fetch_one(arena.database.pool())
        .await?;
    let took = refund(arena).await?;
    ensure!(took < REFUND_MAX, "a refund took {took:.1?} with {waiting} letters waiting");
    arena.stop(0).await?;
    outcome.note = format!("with {waiting} letters waiting, a refund took {:.1} s", took.as_secs_f64());
    Ok(outcome)
}

/// Cancels a booking, and says how long the refund took.
async fn refund(arena: &Arena<'_>) -> anyhow::Result<Duration> {
    let client = &arena.clients(1)[0];
    let bookings = client.get("/api/bookings?limit=1").await?;
    let id = bookings["items"][0]["id"].as_str().context("there is a booking")?;
    let preview = client.get(&format!("/api/bookings/{id}/cancellation-preview")).await?;
    let body = json!({"expected_refund_minor": preview["total"]["amount_minor"]});
    let asked = Instant::now();
    let answer = client.post(&format!("/api/bookings/{id}/cancellation"), Some("faults-cancel"), &body).await?;
    ensure!(answer.status.is_success(), "the cancellation was answered {}: {}", answer.status, answer.body);
    let open = "SELECT count(*) FILTER (WHERE state = 'pending'), count(*) FILTER (WHERE state = 'succeeded') FROM refunds
        WHERE reason = 'cancelled_by_customer' AND created_at > (SELECT max(created_at) - interval '1 minute' FROM refunds)";
    while asked.elapsed() < Duration::from_secs(60) {
        let (pending, paid): (i64, i64) = sqlx::query_as(open).fetch_one(arena.database.pool()).await?;
        if pending == 0 && paid > 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(asked.elapsed())
}

/// A server whose clock is three hours ahead does not start.
pub async fn wrong_clock(arena: &mut Arena<'_>, name: &'static str) -> anyhow::Result<Outcome> {
    let Some(library) = FAKE_TIME.into_iter().find(|path| Path::new(path).exists()) else {
        return Ok(Outcome::skipped(name, "libfaketime is not installed"));
    };
    let environment = [("LD_PRELOAD", library), ("FAKETIME", "+3h"), ("DONT_FAKE_MONOTONIC", "1")];
    let mut command = arena.command(arena.program(), 1, &environment);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
    let began = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if began.elapsed() > REFUSAL_MAX {
            child.kill()?;
            child.wait()?;
            bail!("a server with a wrong clock runs");
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    let mut said = String::new();
    child.stderr.take().context("it was caught")?.read_to_string(&mut said)?;
    ensure!(!status.success() && said.contains("clock is 10"), "it said: {said}");
    Ok(Outcome::without_load(name, "a server that is three hours ahead does not start, and says why".to_owned()))
}

/// The disk of the database is full for a while.
pub async fn full_disk(name: &'static str, options: &FaultOptions) -> anyhow::Result<Outcome> {
    let Some(disk) = SmallDisk::mount()? else {
        return Ok(Outcome::skipped(name, "a small disk can only be mounted by root"));
    };
    let stage = BenchStage { program: options.stage.program.clone(), scratch: disk.0.clone() };
    let mut arena = Arena::open(&stage, "disk").await?;
    let outcome = fill(&mut arena, &disk.0, name).await;
    arena.close().await?;
    outcome
}

async fn fill(arena: &mut Arena<'_>, disk: &Path, name: &'static str) -> anyhow::Result<Outcome> {
    let load = arena.load(name, 1).await?;
    let ballast = disk.join("ballast");
    let mut file = File::create(&ballast)?;
    // Until nothing fits any more. What PostgreSQL deletes meanwhile is taken too.
    let (full_until, block) = (Instant::now() + Duration::from_secs(6), vec![0; 64 * 1024]);
    while Instant::now() < full_until {
        if file.write_all(&block).is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    let meanwhile = load.count();
    drop(file);
    fs::remove_file(&ballast)?;
    let healed = Instant::now();
    // PostgreSQL ends when it cannot write its log; the program starts its own one again.
    while healed.elapsed() < Duration::from_secs(10) {
        arena.postgres.revive().ok();
        tokio::time::sleep(Duration::from_millis(500)).await;
        if load.count() > meanwhile {
            break;
        }
    }
    arena.judge(name, load, healed).await
}

/// A disk in memory, unmounted at the end.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// `None` where that is not allowed.
    fn mount() -> anyhow::Result<Option<Self>> {
        let place = std::env::temp_dir().join(format!("stagedoor-small-disk-{}", std::process::id()));
        fs::create_dir_all(&place)?;
        let size = format!("size={DISK_MB}m,mode=755");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(&place).output();
        if mounted.is_ok_and(|output| output.status.success()) {
            return Ok(Some(Self(place)));
        }
        fs::remove_dir(&place)?;
        Ok(None)
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        Command::new("umount").arg(&self.0).status().ok();
        fs::remove_dir(&self.0).ok();
    }
}
