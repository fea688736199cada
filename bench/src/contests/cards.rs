//! Races for one gift card.

use anyhow::{Context as _, ensure};
use futures::future::try_join;
use serde_json::{Value, json};

use super::{Entrant, TwoServers, count};
use crate::client::BenchResponse;
use crate::money::cards;
use crate::slots;

/// Of each card, in cents.
const VALUE_MINOR: i64 = 5_000;
const CALLS: usize = 30;

/// Two bookings want the whole card at once; one gets it.
pub async fn checkouts(pair: &TwoServers, rounds: u32) -> anyhow::Result<String> {
    let codes = issue(pair, "Checkouts", rounds).await?;
    let mut bodies = slots::in_dollars(&pair.customer).await?.into_iter();
    for (round, code) in codes.iter().enumerate() {
        let card = claim(pair, code).await?;
        let mut bookings = Vec::new();
        while bookings.len() < 2 {
            let body = bodies.next().context("there are not enough times in dollars")?;
            let placed =
                pair.customer.post("/api/bookings", Some(&format!("checkouts-{}", bodies.len())), &body).await?;
            bookings.push(id_of(&placed)?);
        }
        let entrant = |call: usize| Entrant {
            client: &pair.customer,
            path: format!("/api/bookings/{}/payments", bookings[call / 2 % 2]),
            key: format!("apply-{round}-{call}"),
            body: json!({"method": "gift_card", "gift_card_id": card, "amount_minor": VALUE_MINOR}),
        };
        let answers = pair.send((0..CALLS).map(entrant).collect()).await?;
        let held = count(&answers, |answer| answer.status.is_success());
        ensure!(held == 1, "round {round}: {held} bookings hold a card of which there is one");
        let left = balance(pair, &card).await?;
        ensure!(left == 0, "round {round}: {left} are left on a card that is held");
    }
    Ok("one holds it, the others are told".to_owned())
}

/// The friend claims a card while whoever sent it takes it back; the value is in one place.
pub async fn claims(pair: &TwoServers, rounds: u32) -> anyhow::Result<String> {
    let (mut claimed, mut taken_back) = (0, 0);
    for (round, code) in issue(pair, "Claims", rounds).await?.iter().enumerate() {
        let card = claim(pair, code).await?;
        sqlx::query("DELETE FROM rate_buckets WHERE key LIKE 'gift_card_transfer/%'")
            .execute(pair.database.pool())
            .await?;
        let path = format!("/api/gift-cards/{card}/transfers");
        let email = json!({"email": format!("race{round}@elsewhere.test")});
        let sent = pair.customer.post(&path, Some(&format!("send-{round}")), &email).await?;
        ensure!(sent.status.is_success(), "round {round}: not sent: {}", sent.body);
        let mail = "SELECT substring(body_text from 'code=([^\\s]+)') FROM mails WHERE to_address = $1";
        let code: String = sqlx::query_scalar(mail)
            .bind(format!("race{round}@elsewhere.test"))
            .fetch_one(pair.database.pool())
            .await
            .context("the mail was sent before its code was read")?;
        let is_claim = |place: usize| (place / 2).is_multiple_of(2);
        let entrant = |call: usize| {
            let (client, path, key, body) = if is_claim(call) {
                (&pair.friend, "/api/gift-cards/claims".to_owned(), "claim", json!({"code": code}))
            } else {
                (&pair.customer, format!("{path}/latest/return"), "back", json!({}))
            };
            Entrant { client, path, key: format!("{key}-{round}-{call}"), body }
        };
        let answers = pair.send((0..CALLS).map(entrant).collect()).await?;
        let won = |claims: bool| {
            answers
                .iter()
                .enumerate()
                .filter(|(place, answer)| is_claim(*place) == claims && answer.status.is_success())
                .count()
        };
        let (claims, returns) = (won(true), won(false));
        // Whoever claims again what is theirs gets the same answer, so one claim that succeeds brings the others along.
        let is_one = if claims > 0 { returns == 0 } else { returns == 1 };
        ensure!(is_one, "round {round}: {claims} claims and {returns} returns succeeded");
        let left = balance(pair, &card).await?;
        let expected = if returns == 1 { VALUE_MINOR } else { 0 };
        ensure!(left == expected, "round {round}: {left} are on the card that was sent, and not {expected}");
        claimed += usize::from(claims > 0);
        taken_back += returns;
    }
    Ok(format!("one wins: {claimed} claims, {taken_back} returns"))
}

/// Nothing is redeemed after the card was stopped.
pub async fn freezes(pair: &TwoServers, rounds: u32) -> anyhow::Result<String> {
    let mut redeemed = 0;
    for (round, code) in issue(pair, "Freezes", rounds).await?.iter().enumerate() {
        let card = claim(pair, code).await?;
        let entrant = |call: usize| match call {
            10 => Entrant {
                client: &pair.support,
                path: format!("/api/gift-cards/{card}/freeze"),
                key: format!("freeze-{round}"),
                body: json!({"reason": "A race"}),
            },
            _ => redemption(pair, &card, format!("freeze-{round}-{call}")),
        };
        redeemed += redemptions(pair, &card, (0..CALLS).map(entrant).collect(), "frozen").await?;
    }
    Ok(format!("{redeemed} redemptions before it, none after"))
}

/// Nothing is redeemed after the last day.
pub async fn expiries(pair: &TwoServers, rounds: u32) -> anyhow::Result<String> {
    let mut redeemed = 0;
    for (round, code) in issue(pair, "Expiries", rounds).await?.iter().enumerate() {
        let card = claim(pair, code).await?;
        let ends =
            "UPDATE gift_cards SET last_day = current_date, zone = 'UTC', ends_at = now() + interval '15 milliseconds'
                    WHERE id = $1::uuid";
        sqlx::query(ends).bind(&card).execute(pair.database.pool()).await?;
        let entrant = |call: usize| redemption(pair, &card, format!("end-{round}-{call}"));
        redeemed += redemptions(pair, &card, (0..CALLS).map(entrant).collect(), "expired").await?;
        let late = "SELECT count(*) FROM gift_card_entries e JOIN gift_cards c ON c.id = e.card_id
                    WHERE c.id = $1::uuid AND e.kind = 'redeemed' AND e.occurred_at >= c.ends_at";
        let late = pair.number(late, &card).await?;
        ensure!(late == 0, "round {round}: {late} redemptions came after the end");
    }
    Ok(format!("{redeemed} redemptions before it, none after"))
}

/// One key is one redemption, and every call gets its answer.
pub async fn keys(pair: &TwoServers, rounds: u32) -> anyhow::Result<String> {
    for (round, code) in issue(pair, "Keys", rounds).await?.iter().enumerate() {
        let card = claim(pair, code).await?;
        let entrant = |_| redemption(pair, &card, format!("key-{round}"));
        let answers = pair.send((0..CALLS).map(entrant).collect()).await?;
        let first = &answers[0];
        let same = count(&answers, |answer| answer.status == first.status && answer.body == first.body);
        ensure!(
            first.status.is_success() && same == CALLS,
            "round {round}: {same} of {CALLS} got one answer: {}",
            first.body
        );
        let left = balance(pair, &card).await?;
        ensure!(left == VALUE_MINOR - 100, "round {round}: {left} are left");
    }
    Ok(format!("one effect, and its answer {CALLS} times"))
}

/// Sends redemptions of 1.00 and what meets them, and compares the answers with the card and its history.
async fn redemptions(
    pair: &TwoServers,
    card: &str,
    entrants: Vec<Entrant<'_>>,
    last_step: &str,
) -> anyhow::Result<usize> {
    let is_redemption: Vec<bool> = entrants.iter().map(|entrant| entrant.path.ends_with("/redemptions")).collect();
    let answers = pair.send(entrants).await?;
    let redeemed =
        answers.iter().zip(is_redemption).filter(|(answer, redeems)| *redeems && answer.status.is_success()).count();
    let left = balance(pair, card).await?;
    let expected = VALUE_MINOR - 100 * i64::try_from(redeemed)?;
    ensure!(left == expected, "{redeemed} redemptions were answered, and {left} are left");
    let after = "SELECT count(*) FROM gift_card_entries e WHERE card_id = split_part($1, '/', 1)::uuid AND kind = 'redeemed' AND number >
                   (SELECT min(number) FROM gift_card_entries WHERE card_id = e.card_id AND kind = split_part($1, '/', 2))";
    let after = pair.number(after, &format!("{card}/{last_step}")).await?;
    ensure!(after == 0, "{after} redemptions came after the card was {last_step}");
    Ok(redeemed)
}

fn redemption<'servers>(pair: &'servers TwoServers, card: &str, key: String) -> Entrant<'servers> {
    let path = format!("/api/gift-cards/{card}/redemptions");
    Entrant { client: &pair.customer, path, key, body: json!({"amount_minor": 100}) }
}

async fn issue(pair: &TwoServers, name: &str, rounds: u32) -> anyhow::Result<Vec<String>> {
    cards::issue(&pair.servers[0], name, u16::try_from(rounds)?, VALUE_MINOR).await
}

/// The customer's card, by its code.
async fn claim(pair: &TwoServers, code: &str) -> anyhow::Result<String> {
    id_of(&pair.customer.post("/api/gift-cards/claims", Some(code), &json!({"code": code})).await?)
}

fn id_of(answer: &BenchResponse) -> anyhow::Result<String> {
    let id = answer.body["id"].as_str();
    Ok(id.with_context(|| format!("answered {}: {}", answer.status, answer.body))?.to_owned())
}

/// What is left on a card; both servers say the same.
async fn balance(pair: &TwoServers, card: &str) -> anyhow::Result<i64> {
    let path = format!("/api/gift-cards/{card}");
    let [first, second] = [0, 1].map(|place: usize| pair.customer.at(pair.servers[place].url("")));
    let (first, second): (Value, Value) = try_join(first.get(&path), second.get(&path)).await?;
    // Whether it has ended may differ, where its last moment lies between the two answers.
    ensure!(first["balance"] == second["balance"], "the servers differ: {first} and {second}");
    first["balance"]["amount_minor"].as_i64().context("a card has a balance")
}
