//! A hundred thousand codes of gift cards that somebody made up, from many accounts and many networks, while an owner uses a card.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use futures::future::try_join_all;
use gift_cards::GiftCode;
use http::StatusCode;
use kernel::SystemChance;
use serde_json::json;

use crate::client::{BenchResponse, Client, PROXY};
use crate::server::MeasuredServer;
use crate::{GuessOptions, product};

/// Accounts that guess; each calls from a network of its own.
const GUESSERS: u32 = 200;
/// How many codes one account may try in an hour.
const TRIES_MAX: u32 = 15;
/// How long the owner's call may take beside the guesses.
const OWNER_MAX: Duration = Duration::from_secs(2);
/// Redemptions of the owner, and of how much each, in cents.
const REDEMPTIONS: u32 = 20;
const REDEEMED_MINOR: i64 = 100;

/// Guesses, and fails when one opens something, when more are looked up than may be, or when nobody is told.
pub async fn run(options: &GuessOptions) -> anyhow::Result<()> {
    let postgres = options.stage.open()?;
    let url = postgres.create_database("guesses").await?;
    product::load(&options.stage, &url, "demo").await?;
    // A proxy in front means production, unless this is said.
    let settings = [
        ("STAGEDOOR_MODE", "development-shown-to-everybody"),
        ("STAGEDOOR_RATE_FACTOR", "1"),
        ("STAGEDOOR_TRUSTED_PROXIES", &PROXY.to_string()),
    ];
    let server = MeasuredServer::start_with(&options.stage, "guesses", &url, &settings).await?;
    let owner = sign_in(&server, "customer@demo.stagedoor.test", [10, 255, 0, 1]).await?;
    let card = card_of(&server, &owner).await?;
    let mut guessers = Vec::new();
    for number in 0..GUESSERS {
        let [.., high, low] = number.to_be_bytes();
        let email = format!("customer{}@demo.stagedoor.test", number + 1);
        guessers.push(sign_in(&server, &email, [10, high, low, 1]).await?);
    }
    let each = options.guesses.div_ceil(GUESSERS);
    let began = Instant::now();
    let guesses = try_join_all(guessers.into_iter().map(|guesser| tokio::spawn(guess(guesser, each))));
    let (answers, slowest) = tokio::try_join!(async { Ok(guesses.await?) }, use_card(&owner, &card))?;
    let took = began.elapsed();

    let mut totals: BTreeMap<StatusCode, u32> = BTreeMap::new();
    for answers in answers {
        let answers = answers?;
        let tried: u32 = answers
            .iter()
            .filter(|(status, _)| **status != StatusCode::TOO_MANY_REQUESTS)
            .map(|(_, count)| *count)
            .sum();
        ensure!(tried <= TRIES_MAX, "one account tried {tried} codes: {answers:?}");
        answers.into_iter().for_each(|(status, count)| *totals.entry(status).or_default() += count);
    }
    println!(
        "{} guesses in {:.1} s: {totals:?}; the owner's slowest call took {slowest:.2?}",
        each * GUESSERS,
        took.as_secs_f64()
    );
    let looked_up = totals.get(&StatusCode::NOT_FOUND).copied().unwrap_or_default();
    ensure!(totals.len() == 2 && looked_up == GUESSERS * TRIES_MAX, "each account should have had {TRIES_MAX} tries");
    ensure!(slowest < OWNER_MAX, "the owner waited {slowest:?}");
    is_told(&options.stage.scratch.join("guesses.log"), &server, looked_up).await?;
    drop(server);
    postgres.close()
}

/// Somebody who is signed in, and calls from `address`.
async fn sign_in(server: &MeasuredServer, email: &str, address: [u8; 4]) -> anyhow::Result<Client> {
    server.client().from(address.into()).log_in(email, product::PASSWORD).await
}

/// A card that the owner has claimed by its code.
async fn card_of(server: &MeasuredServer, owner: &Client) -> anyhow::Result<String> {
    let code = crate::money::cards::issue(server, "Guesses", 1, 5_000).await?.remove(0);
    let claimed = owner.post("/api/gift-cards/claims", Some("claim"), &json!({"code": code})).await?;
    Ok(claimed.body["id"].as_str().with_context(|| format!("not claimed: {}", claimed.body))?.to_owned())
}

/// Tries `count` codes, half of them by asking what they open and half by claiming it; how often each status came.
async fn guess(guesser: Client, count: u32) -> anyhow::Result<BTreeMap<StatusCode, u32>> {
    let (mut statuses, mut refusals) = (BTreeMap::new(), Vec::new());
    for number in 0..count {
        let code = GiftCode::new(&SystemChance).shown();
        let body = json!({"code": code.expose()});
        let answer = if number % 2 == 0 {
            guesser.post("/api/gift-cards/validate", None, &body).await?
        } else {
            guesser.post("/api/gift-cards/claims", Some(&number.to_string()), &body).await?
        };
        if answer.status == StatusCode::NOT_FOUND {
            refusals.push(answer.body["code"].clone());
        }
        *statuses.entry(answer.status).or_default() += 1;
    }
    ensure!(refusals.iter().all(|code| code == "code_opens_nothing"), "refusals differ: {refusals:?}");
    Ok(statuses)
}

/// Redeems some of the card; how long the slowest call took.
async fn use_card(owner: &Client, card: &str) -> anyhow::Result<Duration> {
    let mut slowest = Duration::ZERO;
    for number in 0..REDEMPTIONS {
        let (path, began) = (format!("/api/gift-cards/{card}/redemptions"), Instant::now());
        let redeemed: BenchResponse =
            owner.post(&path, Some(&format!("own-{number}")), &json!({"amount_minor": REDEEMED_MINOR})).await?;
        ensure!(redeemed.status.is_success(), "the owner was answered {}: {}", redeemed.status, redeemed.body);
        slowest = slowest.max(began.elapsed());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(slowest)
}

/// Whether the metrics count the guesses, and the log has raised the alarm.
async fn is_told(log: &std::path::Path, server: &MeasuredServer, guesses: u32) -> anyhow::Result<()> {
    let metrics = server.client().get("/metrics").await?;
    let counted = format!("stagedoor_gift_codes_missed_total{{code=\"well_formed\"}} {guesses}");
    ensure!(metrics.as_str().is_some_and(|text| text.contains(&counted)), "the metrics do not say: {counted}");
    let log = std::fs::read_to_string(log)?;
    let alarms = log.lines().filter(|line| line.contains("ERROR") && line.contains("gift card")).count();
    ensure!((1..=2).contains(&alarms), "the log raised the alarm {alarms} times");
    println!("the metrics count {guesses}, and the log raised the alarm");
    Ok(())
}
