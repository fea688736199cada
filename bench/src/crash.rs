//! Kills the server at random moments of a booking. Afterwards every booking must exist completely or not at all, with one mail each.

use std::time::{Duration, Instant};

use anyhow::ensure;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha12Rng;

use crate::attempt::{self, BookingAttempt};
use crate::client::Client;
use crate::server::MeasuredServer;
use crate::{CrashOptions, slots, stage};

/// Undisturbed journeys at the start, which measure how long booking and paying take; kills happen within a little more than that.
const JOURNEYS: usize = 5;

/// How many journeys had reached each step before the kill.
#[derive(Debug, Default)]
struct Reached {
    nothing: u32,
    booked: u32,
    paid: u32,
}

/// Kills and restarts the server, then finishes every booking and checks the results.
pub async fn run(options: &CrashOptions) -> anyhow::Result<()> {
    println!("seed {}", options.seed);
    let postgres = options.stage.open()?;
    let url = postgres.create_database("crash").await?;
    let outcome = kills(options, &url).await;
    postgres.close()?;
    outcome
}

async fn kills(options: &CrashOptions, url: &str) -> anyhow::Result<()> {
    let mut chance = ChaCha12Rng::seed_from_u64(options.seed);
    let mut server = MeasuredServer::start_ours(&options.stage, "crash", url, "lite").await?;
    let database = stage::connect(url).await?;
    let known = attempt::halves(&database).await?;
    let wanted = usize::try_from(options.kills)?;
    let bodies = slots::some(&log_in(&server).await?, JOURNEYS + wanted).await?;
    let mut tries = bodies.into_iter().take(JOURNEYS + wanted).enumerate();
    let mut next = || {
        let (number, body) = tries.next()?;
        Some(BookingAttempt::new(format!("crash-{number}"), body))
    };
    let (mut attempts, mut reached, mut slowest) = (Vec::new(), Reached::default(), Duration::ZERO);
    let mut window = Duration::from_millis(1);
    for mut attempt in std::iter::from_fn(&mut next).take(JOURNEYS) {
        let (client, started) = (log_in(&server).await?, Instant::now());
        attempt.book_and_pay(&client).await?;
        window = window.max(started.elapsed() * 5 / 4);
        attempts.push(attempt);
    }
    for (number, mut attempt) in std::iter::from_fn(next).enumerate() {
        let client = log_in(&server).await?;
        let moment = window.mul_f64(chance.random());
        let journey = tokio::time::timeout(moment, attempt.book_and_pay(&client)).await;
        server.kill()?;
        match journey {
            Ok(done) => {
                done?;
                reached.paid += 1;
            }
            Err(_) if attempt.booking.is_some() => reached.booked += 1,
            Err(_) => reached.nothing += 1,
        }
        attempts.push(attempt);
        let started = Instant::now();
        server = MeasuredServer::start_ours(&options.stage, "crash", url, "lite").await?;
        slowest = slowest.max(started.elapsed());
        let halves = attempt::halves(&database).await?;
        ensure!(halves == known, "after kill {number} these are half there: {halves:?}");
    }
    println!(
        "killed before the booking was answered: {}, before the payment was: {}, afterwards: {}",
        reached.nothing, reached.booked, reached.paid
    );
    let client = log_in(&server).await?;
    for attempt in &mut attempts {
        attempt.finish(&client).await?;
    }
    let mails = attempt::check(&database, &attempts).await?;
    println!(
        "{} kills: every booking wholly there or not at all, {mails} mails, one to each reader, one capture each, \
         books balanced; the slowest restart was ready after {slowest:.2?}",
        options.kills
    );
    Ok(())
}

async fn log_in(server: &MeasuredServer) -> anyhow::Result<Client> {
    server.client().log_in("customer@demo.stagedoor.test", "stage-door-demo").await
}
