//! Loads demo data into `DATABASE_URL` and prints how long each part took: `cargo run -p demo --example load -- scale`.

use std::sync::Mutex;
use std::time::Instant;

use anyhow::Context as _;
use database::{Database, DatabaseConfig};
use demo::{LoadError, LoadOptions, SEED_DEFAULT, Size};
use kernel::{Clock as _, SystemClock};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let size: Size = std::env::args().nth(1).unwrap_or_else(|| "lite".into()).parse().map_err(anyhow::Error::msg)?;
    let url = std::env::var("DATABASE_URL").context("DATABASE_URL says where to load")?;
    let database = Database::connect(&DatabaseConfig::new(url)).await?;
    let began = Instant::now();
    let last = Mutex::new(String::new());
    let progress = |what: &str, _: u64, _: u64| {
        let mut last = last.lock().expect("one thread reports");
        if *last != what {
            println!("{:8.2} s  {what}", began.elapsed().as_secs_f64());
            what.clone_into(&mut last);
        }
    };
    let options =
        LoadOptions { size, now: SystemClock.now(), seed: SEED_DEFAULT, password_hash: "$argon2id$none".to_owned() };
    match demo::load(&database, &options, &progress).await {
        Ok(summary) => println!("{summary:?}: {} rows/s", summary.rows * 1_000 / summary.milliseconds.max(1)),
        // Data that is loaded already can still be checked.
        Err(LoadError::AlreadyLoaded { size }) => println!("{size} is there already"),
        Err(error) => return Err(error.into()),
    }
    let mut tx = database::bulk::begin(&database).await?;
    println!("{:#?}", demo::check::check(&mut tx).await?);
    tx.rollback().await?;
    Ok(())
}
