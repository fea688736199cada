//! The measured product: its data, its server, and the input files of the scripts.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, ensure};
use rand::SeedableRng as _;
use rand::seq::SliceRandom as _;
use rand_chacha::ChaCha12Rng;

use crate::server::MeasuredServer;
use crate::{BenchStage, slots, stage};

/// How many people of the demo data can log in; the peer has as many.
pub const PEOPLE: u32 = 12_000;
/// The password of them all.
pub const PASSWORD: &str = "stage-door-demo";

/// How many customers book at the same time.
const CUSTOMERS: u32 = 32;

/// A running server with the files that the scripts read.
#[derive(Debug)]
pub struct Product {
    pub server: MeasuredServer,
    /// Ids of published celebrities, one per line.
    pub ids: PathBuf,
    /// Access tokens of customers, one per line.
    pub tokens: PathBuf,
    /// Bodies of bookings that do not overlap, one JSON object per line.
    pub bodies: PathBuf,
    /// How many bodies there are, and how many were sent.
    pub bookings: usize,
    pub booked: usize,
}

/// Loads demo data of a size into an empty database and vacuums it.
pub async fn load(options: &BenchStage, database_url: &str, size: &str) -> anyhow::Result<()> {
    let mut load = options.program(database_url);
    load.args(["demo", "--size", size]).env("STAGEDOOR_DEMO_PASSWORD", PASSWORD);
    let status = load.status().with_context(|| format!("{} did not start", options.program.display()))?;
    ensure!(status.success(), "the demo data could not be loaded");
    // The peer's seed also ends with a vacuum.
    let database = stage::connect(database_url).await?;
    let mut connection = database.acquire().await?;
    sqlx::raw_sql("SET statement_timeout = 0").execute(&mut *connection).await?;
    sqlx::raw_sql("VACUUM ANALYZE").execute(&mut *connection).await?;
    drop(connection);
    database.close().await;
    Ok(())
}

/// Loads as much data as the peer has and starts the server.
pub async fn start(options: &BenchStage, database_url: &str) -> anyhow::Result<Product> {
    load(options, database_url, "peer").await?;
    let server = MeasuredServer::start_ours(options, "stagedoor", database_url, "none").await?;
    let file = |name: &str| options.scratch.join(name);
    let (ids, tokens, bodies) = (file("ids.txt"), file("tokens.txt"), file("bodies.txt"));
    Ok(Product { server, ids, tokens, bodies, bookings: 0, booked: 0 })
}

impl Product {
    /// Writes the ids of all celebrities.
    pub async fn write_ids(&self) -> anyhow::Result<()> {
        let ids = slots::celebrities(&self.server.client()).await?;
        Ok(fs::write(&self.ids, ids.join("\n") + "\n")?)
    }

    /// Writes new tokens. With expired ones the server would answer fast errors.
    pub async fn write_tokens(&self) -> anyhow::Result<()> {
        let mut tokens = String::new();
        for number in 1..=CUSTOMERS {
            let email = format!("customer{number}@demo.stagedoor.test");
            tokens += &self.server.client().token(&email, PASSWORD, "access_token").await?;
            tokens.push('\n');
        }
        Ok(fs::write(&self.tokens, tokens)?)
    }

    /// Writes the bodies of all possible bookings, in a fixed order that spreads the bookings of one celebrity.
    pub async fn write_bookings(&mut self) -> anyhow::Result<()> {
        let client = self.server.client();
        let mut bodies = Vec::new();
        for celebrity in slots::celebrities(&client).await? {
            bodies.extend(slots::bookings(&client, &celebrity, slots::FAR_AHEAD).await?);
        }
        let count = bodies.len();
        ensure!(count > 1_000, "only {count} bookings can be made, which is too few to measure");
        bodies.shuffle(&mut ChaCha12Rng::seed_from_u64(1));
        let lines: Vec<String> = bodies.iter().map(ToString::to_string).collect();
        fs::write(&self.bodies, lines.join("\n") + "\n")?;
        self.bookings = count;
        Ok(())
    }
}
