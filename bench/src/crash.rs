//! Kills the server at random moments of a booking that is paid by card or with a gift card beside it, and of refunds. Afterwards every
//! booking must exist completely or not at all, with one mail each, and every cent in the books.

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha12Rng;
use serde_json::json;

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
    let set_aside = attempt::set_aside(&database).await?;
    let wanted = usize::try_from(options.kills)?;
    let card = gift_card(&server).await?;
    let bodies = slots::some(&log_in(&server).await?, JOURNEYS + wanted).await?;
    let mut tries = bodies.into_iter().take(JOURNEYS + wanted).enumerate();
    let mut next = || {
        let (number, body) = tries.next()?;
        let attempt = BookingAttempt::new(format!("crash-{number}"), body);
        Some(if number % 2 == 0 { attempt } else { attempt.with_gift_card(&card) })
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
    let refunds = refunds(options, url, server, &attempts).await?;
    attempt::check_books(&database).await?;
    attempt::check_refunds(&database, set_aside).await?;
    let redeemed = attempt::check_redemptions(&database, &attempts).await?;
    println!(
        "{} kills: every booking wholly there or not at all, {mails} mails, one to each reader, one capture each, \
         {refunds} refunds, {redeemed} redemptions, books balanced, nothing set aside; the slowest restart was ready after {slowest:.2?}",
        options.kills
    );
    Ok(())
}

async fn log_in(server: &MeasuredServer) -> anyhow::Result<Client> {
    server.client().log_in("customer@demo.stagedoor.test", "stage-door-demo").await
}

/// Calls bookings off and kills the server while it pays them back; returns how many.
async fn refunds(
    options: &CrashOptions,
    url: &str,
    mut server: MeasuredServer,
    attempts: &[BookingAttempt],
) -> anyhow::Result<usize> {
    let mut chance = ChaCha12Rng::seed_from_u64(options.seed);
    let wanted = usize::try_from(options.kills)?.min(attempts.len()).div_ceil(4);
    for attempt in &attempts[attempts.len() - wanted..] {
        let client = log_in(&server).await?;
        attempt.cancel(&client).await?;
        tokio::time::sleep(Duration::from_millis(60).mul_f64(chance.random())).await;
        server.kill()?;
        server = MeasuredServer::start_ours(&options.stage, "crash", url, "lite").await?;
    }
    let deadline = Instant::now() + Duration::from_secs(120);
    let database = stage::connect(url).await?;
    while attempt::pending_refunds(&database).await? > 0 {
        ensure!(Instant::now() < deadline, "refunds are still pending after two minutes");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    Ok(wanted)
}

/// A card of the customer's with enough on it for every other booking.
async fn gift_card(server: &MeasuredServer) -> anyhow::Result<String> {
    let admin = server.client().log_in("admin@demo.stagedoor.test", "stage-door-demo").await?;
    let batch = json!({
        "name": "Crashes", "kind": "goodwill", "reason": "Crashes", "cards": 1, "value_minor": 10_000_000, "currency": "USD"
    });
    let issued = admin.post("/api/gift-cards/batches", None, &batch).await?;
    let code = issued.body["cards"][0]["code"].as_str().with_context(|| format!("no card: {}", issued.body))?;
    let claimed = log_in(server).await?.post("/api/gift-cards/claims", Some("claim"), &json!({"code": code})).await?;
    let id = claimed.body["id"].as_str().with_context(|| format!("not claimed: {}", claimed.body))?;
    Ok(id.to_owned())
}
