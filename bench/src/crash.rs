//! Kills the server at random moments of a booking. Afterwards every booking must exist completely or not at all, with one mail each.

use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use database::Database;
use http::StatusCode;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha12Rng;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::client::Client;
use crate::server::MeasuredServer;
use crate::{CrashOptions, slots, stage};

/// Undisturbed journeys at the start, which measure how long booking and paying take; kills happen within a little more than that.
const JOURNEYS: usize = 5;
/// How long retries may take until the booking is confirmed and its mails are written.
const PATIENCE: Duration = Duration::from_secs(60);

/// Finds bookings of which only some rows were written.
const HALVES: &str = "
SELECT b.reference FROM bookings b
LEFT JOIN allocations a ON a.booking_id = b.id
WHERE (SELECT count(*) FROM booking_events e WHERE e.booking_id = b.id) <> b.version
   OR (a.id IS NULL AND b.starts_at IS NOT NULL AND b.status IN ('awaiting_payment', 'confirmed'))
   OR (a.id IS NOT NULL AND b.status NOT IN ('awaiting_payment', 'confirmed', 'completed'))
   OR (b.status = 'awaiting_payment' AND NOT EXISTS (SELECT FROM booking_deadlines d WHERE d.booking_id = b.id AND d.closed_at IS NULL))";

/// A customer's attempt to book, and what they know of it.
struct BookingAttempt {
    key: String,
    body: Value,
    /// The booking's id, once the server has sent it.
    booking: Option<String>,
}

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
    let known = demo_halves(&database).await?;
    let wanted = usize::try_from(options.kills)?;
    let bodies = slots::some(&log_in(&server).await?, JOURNEYS + wanted).await?;
    let mut tries = bodies.into_iter().take(JOURNEYS + wanted).enumerate();
    let mut next = || {
        let (number, body) = tries.next()?;
        Some(BookingAttempt { key: format!("crash-{number}"), body, booking: None })
    };
    let (mut attempts, mut reached, mut slowest) = (Vec::new(), Reached::default(), Duration::ZERO);
    let mut window = Duration::from_millis(1);
    for mut attempt in std::iter::from_fn(&mut next).take(JOURNEYS) {
        let (client, started) = (log_in(&server).await?, Instant::now());
        book_and_pay(&client, &mut attempt).await?;
        window = window.max(started.elapsed() * 5 / 4);
        attempts.push(attempt);
    }
    for (number, mut attempt) in std::iter::from_fn(next).enumerate() {
        let client = log_in(&server).await?;
        let moment = window.mul_f64(chance.random());
        let journey = tokio::time::timeout(moment, book_and_pay(&client, &mut attempt)).await;
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
        let halves = demo_halves(&database).await?;
        ensure!(halves == known, "after kill {number} these are half there: {halves:?}");
    }
    println!(
        "killed before the booking was answered: {}, before the payment was: {}, afterwards: {}",
        reached.nothing, reached.booked, reached.paid
    );
    let client = log_in(&server).await?;
    for attempt in &mut attempts {
        finish(&client, attempt).await.with_context(|| attempt.key.clone())?;
    }
    let mails = check_mails(&database, &attempts).await?;
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

/// References of incomplete bookings.
async fn demo_halves(database: &Database) -> anyhow::Result<Vec<String>> {
    let mut halves: Vec<String> = sqlx::query_scalar(HALVES).fetch_all(database.pool()).await?;
    halves.sort_unstable();
    Ok(halves)
}

async fn book_and_pay(client: &Client, attempt: &mut BookingAttempt) -> anyhow::Result<()> {
    let answer = client.post("/api/bookings", Some(&attempt.key), &attempt.body).await?;
    attempt.booking = answer.body["id"].as_str().map(str::to_owned);
    ensure!(attempt.booking.is_some(), "the booking was answered {}: {}", answer.status, answer.body);
    let answer = pay(client, attempt).await?;
    ensure!(answer.status.is_success(), "the payment was answered {}: {}", answer.status, answer.body);
    Ok(())
}

async fn pay(client: &Client, attempt: &BookingAttempt) -> anyhow::Result<crate::client::BenchResponse> {
    let id = attempt.booking.as_deref().context("there is a booking to pay")?;
    let card = json!({"method": "card", "card": {"number": "4242424242424242"}});
    client.post(&format!("/api/bookings/{id}/payments"), Some(&format!("{}-pay", attempt.key)), &card).await
}

/// Repeats the same calls with the same keys, as a correct client does, until the booking is confirmed.
async fn finish(client: &Client, attempt: &mut BookingAttempt) -> anyhow::Result<()> {
    let known = attempt.booking.clone();
    let answer = client.post("/api/bookings", Some(&attempt.key), &attempt.body).await?;
    ensure!(answer.status == StatusCode::CREATED, "the retry was answered {}: {}", answer.status, answer.body);
    let id = answer.body["id"].as_str().context("a booking has an id")?.to_owned();
    ensure!(known.is_none_or(|known| known == id), "the retry made another booking");
    attempt.booking = Some(id.clone());
    let deadline = Instant::now() + PATIENCE;
    loop {
        let booking = client.get(&format!("/api/bookings/{id}")).await?;
        match booking["status"].as_str() {
            Some("confirmed") => return Ok(()),
            Some("awaiting_payment") => {
                let answer = pay(client, attempt).await?;
                ensure!(
                    !answer.status.is_server_error(),
                    "the payment was answered {}: {}",
                    answer.status,
                    answer.body
                );
            }
            _ => bail!("the booking is {}", booking["status"]),
        }
        ensure!(Instant::now() < deadline, "still {} after a minute", booking["status"]);
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Checks for one confirmation to each reader, one capture for each booking, and balanced books. Returns the number of mails.
async fn check_mails(database: &Database, attempts: &[BookingAttempt]) -> anyhow::Result<i64> {
    let deadline = Instant::now() + PATIENCE;
    let mut all = 0;
    for attempt in attempts {
        let id: Uuid = attempt.booking.as_deref().context("every attempt ended in a booking")?.parse()?;
        loop {
            let (mails, readers) = confirmations(database, id).await?;
            ensure!(mails == readers, "booking {id}: {mails} confirmations to {readers} readers");
            if mails > 0 {
                all += mails;
                break;
            }
            ensure!(Instant::now() < deadline, "booking {id}: no confirmation was mailed");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        let captures = "SELECT count(*) FROM ledger_transfers WHERE booking_id = $1 AND template = 'card_captured'";
        let captured: i64 = sqlx::query_scalar(captures).bind(id).fetch_one(database.pool()).await?;
        ensure!(captured == 1, "booking {id}: {captured} captures");
    }
    let sums =
        "SELECT count(*) FROM (SELECT FROM ledger_postings GROUP BY currency HAVING sum(amount_minor) <> 0) AS off";
    let off: i64 = sqlx::query_scalar(sums).fetch_one(database.pool()).await?;
    ensure!(off == 0, "the books are off in {off} currencies");
    Ok(all)
}

/// The number of confirmations of a booking, and of their readers.
async fn confirmations(database: &Database, id: Uuid) -> anyhow::Result<(i64, i64)> {
    let counts = "SELECT count(*), count(DISTINCT to_address) FROM mails
        WHERE template LIKE 'booking\\_confirmed%' AND dedupe_key LIKE '%/' || $1 || '/%'";
    Ok(sqlx::query_as(counts).bind(id.to_string()).fetch_one(database.pool()).await?)
}
