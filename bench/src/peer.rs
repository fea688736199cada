//! The Node peer: Express, pg and Redis, with its own seed data.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, ensure};

use crate::server::{MeasuredServer, free_port};

/// How many people the peer's seed makes.
pub const PEOPLE: u32 = 12_000;
/// The password of them all.
pub const PASSWORD: &str = "correct horse";

/// The peer and its Redis. Fields are dropped in order, so the peer stops before Redis.
#[derive(Debug)]
pub struct Peer {
    pub server: MeasuredServer,
    #[expect(dead_code, reason = "held so that Redis runs as long as the peer")]
    redis: MeasuredServer,
}

/// Installs, seeds and starts the peer on `database_url`, in a copy of its folder.
pub fn start(folder: &Path, scratch: &Path, database_url: &str) -> anyhow::Result<Peer> {
    ensure!(
        folder.join("package.json").is_file(),
        "the peer is not in {}; say with --peer or STAGEDOOR_PEER which folder holds its package.json",
        folder.display()
    );
    let copy = scratch.join("peer");
    copy_files(folder, &copy)?;
    let redis_port = free_port()?;
    let mut redis = Command::new("redis-server");
    redis.args(["--save", "", "--bind", "127.0.0.1", "--port"]).arg(redis_port.to_string());
    let redis = MeasuredServer::start("redis-server", redis_port, &mut redis, &scratch.join("redis.log"))?;
    let redis_url = format!("redis://127.0.0.1:{redis_port}");
    if !copy.join("node_modules").exists() {
        npm(&copy, &["ci", "--no-audit", "--no-fund"], database_url)?;
    }
    npm(&copy, &["run", "seed"], database_url)?;
    let port = free_port()?;
    let mut node = Command::new("node");
    node.arg("server.js").current_dir(&copy).env("NODE_ENV", "production").env("PORT", port.to_string());
    node.env("DATABASE_URL", database_url).env("REDIS_URL", redis_url);
    Ok(Peer { server: MeasuredServer::start("peer", port, &mut node, &scratch.join("peer.log"))?, redis })
}

fn copy_files(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        if path.is_file() {
            let copy = to.join(path.file_name().context("a file has a name")?);
            // The original may be read-only, and copying keeps its permissions.
            fs::remove_file(&copy).ok();
            fs::copy(&path, copy)?;
        }
    }
    Ok(())
}

fn npm(folder: &Path, arguments: &[&str], database_url: &str) -> anyhow::Result<()> {
    let status = Command::new("npm").args(arguments).current_dir(folder).env("DATABASE_URL", database_url).status()?;
    ensure!(status.success(), "npm {} failed in {}", arguments.join(" "), folder.display());
    Ok(())
}

impl Peer {
    /// A new access token. With an expired one the peer would answer fast errors.
    pub async fn token(&self) -> anyhow::Result<String> {
        self.server.client().token("user1@example.test", PASSWORD, "token").await
    }
}
