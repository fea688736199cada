//! Two hundred people book the same slot at once through two servers on one database. Exactly one must succeed.

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use futures::future::join_all;
use http::StatusCode;
use serde_json::Value;

use crate::client::{BenchResponse, Client};
use crate::server::MeasuredServer;
use crate::{RaceOptions, slots};

/// Attempts at each slot.
const ATTEMPTS: usize = 200;
/// The longest time until all attempts are answered.
const LIMIT: Duration = Duration::from_secs(3);

/// Runs the rounds and fails at the first that breaks a rule.
pub async fn run(options: &RaceOptions) -> anyhow::Result<()> {
    let postgres = options.stage.open()?;
    let url = postgres.create_database("race").await?;
    let pair = [
        MeasuredServer::start_ours(&options.stage, "first", &url, "lite").await?,
        MeasuredServer::start_ours(&options.stage, "second", &url, "lite").await?,
    ];
    let outcome = rounds(&pair, options.rounds).await;
    drop(pair);
    postgres.close()?;
    outcome
}

async fn rounds([first, second]: &[MeasuredServer; 2], rounds: u32) -> anyhow::Result<()> {
    let client = first.client().log_in("customer@demo.stagedoor.test", "stage-door-demo").await?;
    let clients = [client.clone(), client.at(second.url(""))];
    let wanted = usize::try_from(rounds)?;
    let mut times = Vec::new();
    for (round, body) in slots::some(&client, wanted).await?.into_iter().take(wanted).enumerate() {
        let started = Instant::now();
        let answers = attempt(&clients, round, &body).await?;
        let took = started.elapsed();
        judge(&answers, took).with_context(|| format!("round {round} at {}", body["starts_at"]))?;
        times.push(took);
    }
    times.sort_unstable();
    let (median, most) = (times[times.len() / 2], times[times.len() - 1]);
    println!(
        "{rounds} rounds of {ATTEMPTS} attempts through two servers: one winner each, {} told of free times; \
         a round took {median:.2?}, the slowest {most:.2?}",
        ATTEMPTS - 1
    );
    Ok(())
}

/// All attempts at once, half of them through each server.
async fn attempt(clients: &[Client; 2], round: usize, body: &Value) -> anyhow::Result<Vec<BenchResponse>> {
    let attempts = (0..ATTEMPTS).map(|attempt| {
        let (client, body) = (clients[attempt % 2].clone(), body.clone());
        tokio::spawn(async move { client.post("/api/bookings", Some(&format!("race-{round}-{attempt}")), &body).await })
    });
    join_all(attempts).await.into_iter().map(|joined| joined?).collect()
}

fn judge(answers: &[BenchResponse], took: Duration) -> anyhow::Result<()> {
    let won = answers.iter().filter(|answer| answer.status == StatusCode::CREATED).count();
    for lost in answers.iter().filter(|answer| answer.status != StatusCode::CREATED) {
        ensure!(lost.status == StatusCode::CONFLICT, "an attempt was answered {}: {}", lost.status, lost.body);
        ensure!(lost.body["code"] == "slot_taken", "a loser was told {}", lost.body);
        let alternatives = lost.body["alternatives"].as_array().map_or(0, Vec::len);
        ensure!(alternatives > 0, "a loser was told of no free times: {}", lost.body);
    }
    ensure!(won == 1, "{won} attempts won");
    ensure!(took < LIMIT, "the round took {took:.2?}, but {LIMIT:?} is the limit");
    Ok(())
}
