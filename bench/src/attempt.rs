//! A customer's attempt to book and pay, and what has to be true of it whatever happened meanwhile.

use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use database::Database;
use http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::client::{BenchResponse, Client};

/// How long retries may take until the booking is confirmed and its mails are written.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a gift card pays of a booking, in cents.
const PART_MINOR: i64 = 1_000;

/// What is redeemed of a gift card, in cents.
const REDEEMED_MINOR: i64 = 7;

/// Finds bookings of which only some rows were written.
const HALVES: &str = "
SELECT b.reference FROM bookings b
LEFT JOIN allocations a ON a.booking_id = b.id
WHERE (SELECT count(*) FROM booking_events e WHERE e.booking_id = b.id) <> b.version
   OR (a.id IS NULL AND b.starts_at IS NOT NULL AND b.status IN ('awaiting_payment', 'confirmed'))
   OR (a.id IS NOT NULL AND b.status NOT IN ('awaiting_payment', 'confirmed', 'completed'))
   OR (b.status = 'awaiting_payment' AND NOT EXISTS (SELECT FROM booking_deadlines d WHERE d.booking_id = b.id AND d.closed_at IS NULL))";

/// A customer's attempt to book, and what they know of it.
#[derive(Debug)]
pub struct BookingAttempt {
    pub key: String,
    body: Value,
    /// The booking's id, once the server has sent it.
    pub booking: Option<String>,
    /// Its price, once the server has sent it.
    total_minor: Option<i64>,
    /// A gift card that pays a part of it.
    gift_card: Option<String>,
}

impl BookingAttempt {
    /// An attempt whose calls are told apart by `key`.
    pub fn new(key: String, body: Value) -> Self {
        Self { key, body, booking: None, total_minor: None, gift_card: None }
    }

    /// The same, where a part is paid with a gift card, and a little of the card becomes credit before.
    pub fn with_gift_card(self, card: &str) -> Self {
        Self { gift_card: Some(card.to_owned()), ..self }
    }

    /// Books and pays once, without retries.
    pub async fn book_and_pay(&mut self, client: &Client) -> anyhow::Result<()> {
        self.redeem(client).await?;
        let answer = client.post("/api/bookings", Some(&self.key), &self.body).await?;
        self.booking = answer.body["id"].as_str().map(str::to_owned);
        self.total_minor = answer.body["total"]["amount_minor"].as_i64();
        ensure!(self.booking.is_some(), "the booking was answered {}: {}", answer.status, answer.body);
        let left_minor = self.apply(client).await?;
        let answer = self.pay(client, left_minor).await?;
        ensure!(answer.status.is_success(), "the payment was answered {}: {}", answer.status, answer.body);
        Ok(())
    }

    /// Repeats the same calls with the same keys, as a correct client does, until the booking is confirmed.
    pub async fn finish(&mut self, client: &Client) -> anyhow::Result<()> {
        let key = self.key.clone();
        self.finish_within(client).await.with_context(|| key)
    }

    async fn finish_within(&mut self, client: &Client) -> anyhow::Result<()> {
        self.redeem(client).await?;
        let known = self.booking.clone();
        let answer = client.post("/api/bookings", Some(&self.key), &self.body).await?;
        ensure!(answer.status == StatusCode::CREATED, "the retry was answered {}: {}", answer.status, answer.body);
        let id = answer.body["id"].as_str().context("a booking has an id")?.to_owned();
        ensure!(known.is_none_or(|known| known == id), "the retry made another booking");
        self.booking = Some(id.clone());
        self.total_minor = answer.body["total"]["amount_minor"].as_i64();
        let deadline = Instant::now() + PATIENCE;
        loop {
            let booking = client.get(&format!("/api/bookings/{id}")).await?;
            match booking["status"].as_str() {
                Some("confirmed") => return Ok(()),
                Some("awaiting_payment") => {
                    let left_minor = self.apply(client).await?;
                    let answer = self.pay(client, left_minor).await?;
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

    /// Turns a little of the gift card into credit, where there is one.
    async fn redeem(&self, client: &Client) -> anyhow::Result<()> {
        let Some(card) = &self.gift_card else { return Ok(()) };
        let (path, key) = (format!("/api/gift-cards/{card}/redemptions"), format!("{}-redeem", self.key));
        let answer = client.post(&path, Some(&key), &json!({"amount_minor": REDEEMED_MINOR})).await?;
        ensure!(answer.status == StatusCode::CREATED, "the redemption was answered {}: {}", answer.status, answer.body);
        Ok(())
    }

    /// Sets a part of the gift card aside, where there is one that pays in this currency; what is left to pay then.
    async fn apply(&self, client: &Client) -> anyhow::Result<Option<i64>> {
        let Some(card) = &self.gift_card else { return Ok(None) };
        let id = self.booking.as_deref().context("there is a booking to pay")?;
        let part = json!({"method": "gift_card", "gift_card_id": card, "amount_minor": PART_MINOR});
        let key = format!("{}-apply", self.key);
        let answer = client.post(&format!("/api/bookings/{id}/payments"), Some(&key), &part).await?;
        // A bank may still be asked about an earlier try, which is a conflict; the next round tries again.
        let is_fine = answer.status.is_success() || answer.status == StatusCode::CONFLICT;
        ensure!(is_fine, "the gift card was answered {}: {}", answer.status, answer.body);
        Ok(answer.body["remaining"]["amount_minor"].as_i64())
    }

    /// Calls the confirmed booking off with the refund that is shown.
    pub async fn cancel(&self, client: &Client) -> anyhow::Result<()> {
        let id = self.booking.as_deref().context("there is a booking to cancel")?;
        let path = format!("/api/bookings/{id}/cancellation");
        let preview = client.get(&format!("{path}-preview")).await?;
        let agreed = json!({"expected_refund_minor": preview["total"]["amount_minor"]});
        let answer = client.post(&path, Some(&format!("{}-cancel", self.key)), &agreed).await?;
        ensure!(answer.status.is_success(), "the cancellation was answered {}: {}", answer.status, answer.body);
        Ok(())
    }

    /// Pays `left_minor`, or the whole price where no gift card pays a part.
    async fn pay(&self, client: &Client, left_minor: Option<i64>) -> anyhow::Result<BenchResponse> {
        let id = self.booking.as_deref().context("there is a booking to pay")?;
        let expected_minor = left_minor.or(self.total_minor).context("the booking has a price")?;
        let number = json!({"number": "4242424242424242"});
        let card = json!({"method": "card", "card": number, "expected_minor": expected_minor});
        client.post(&format!("/api/bookings/{id}/payments"), Some(&format!("{}-pay", self.key)), &card).await
    }
}

/// References of incomplete bookings.
pub async fn halves(database: &Database) -> anyhow::Result<Vec<String>> {
    let mut halves: Vec<String> = sqlx::query_scalar(HALVES).fetch_all(database.pool()).await?;
    halves.sort_unstable();
    Ok(halves)
}

/// What can be wrong with a booking that its customer believes to have.
#[derive(Debug, thiserror::Error)]
pub enum Flaw {
    #[error("lost: {0}")]
    Lost(String),
    #[error("doubled: {0}")]
    Doubled(String),
    #[error(transparent)]
    Unknown(#[from] anyhow::Error),
}

/// Checks for one confirmation to each reader, one capture for each booking, and balanced books. Returns the number of mails.
pub async fn check(database: &Database, attempts: &[BookingAttempt]) -> anyhow::Result<i64> {
    let deadline = Instant::now() + PATIENCE;
    let mut all = 0;
    for attempt in attempts {
        all += check_one(database, attempt, deadline).await?;
    }
    check_books(database).await?;
    Ok(all)
}

/// Checks for one confirmation to each reader and one capture, and returns the number of mails.
pub async fn check_one(database: &Database, attempt: &BookingAttempt, deadline: Instant) -> Result<i64, Flaw> {
    let Some(id) = attempt.booking.as_deref() else {
        return Err(Flaw::Lost(format!("{} has no booking", attempt.key)));
    };
    let id: Uuid = id.parse().context("a booking's id is a UUID")?;
    let captures = "SELECT count(*) FROM ledger_transfers WHERE subject_id = $1 AND template = 'card_captured'";
    let captured = sqlx::query_scalar::<_, i64>(captures).bind(id).fetch_one(database.pool()).await;
    match captured.context("the books can be read")? {
        0 => return Err(Flaw::Lost(format!("booking {id}: nothing was captured"))),
        1 => {}
        captured => return Err(Flaw::Doubled(format!("booking {id}: {captured} captures"))),
    }
    loop {
        let (mails, readers) = confirmations(database, id).await?;
        if mails != readers {
            return Err(Flaw::Doubled(format!("booking {id}: {mails} confirmations to {readers} readers")));
        }
        if mails > 0 {
            return Ok(mails);
        }
        if Instant::now() > deadline {
            return Err(Flaw::Lost(format!("booking {id}: no confirmation was mailed")));
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Fails if the books of a currency do not add up to nothing.
pub async fn check_books(database: &Database) -> anyhow::Result<()> {
    let sums =
        "SELECT count(*) FROM (SELECT FROM ledger_postings GROUP BY currency HAVING sum(amount_minor) <> 0) AS off";
    let off: i64 = sqlx::query_scalar(sums).fetch_one(database.pool()).await?;
    ensure!(off == 0, "the books are off in {off} currencies");
    Ok(())
}

/// How many refunds are owed and not paid.
pub async fn pending_refunds(database: &Database) -> anyhow::Result<i64> {
    let pending = "SELECT count(*) FROM refunds WHERE state = 'pending'";
    Ok(sqlx::query_scalar(pending).fetch_one(database.pool()).await?)
}

/// What is set aside for payments under way.
pub async fn set_aside(database: &Database) -> anyhow::Result<i64> {
    let held = "SELECT coalesce(sum(balance_minor), 0)::bigint FROM ledger_accounts WHERE kind IN ('gift_hold', 'credit_hold')";
    Ok(sqlx::query_scalar(held).fetch_one(database.pool()).await?)
}

/// Fails if the sandbox, the legs and the ledger differ on what was taken and given back, or if more is set aside than before.
pub async fn check_refunds(database: &Database, set_aside_before: i64) -> anyhow::Result<()> {
    let legs =
        "SELECT coalesce(sum(captured_minor - refunded_minor), 0)::bigint FROM payment_legs WHERE method = 'card'
      AND created_at > now() - interval '1 hour'";
    let provider = "SELECT coalesce(sum(amount_minor - refunded_minor), 0)::bigint FROM sandbox_card_payments
        WHERE state = 'succeeded' AND created_at > now() - interval '1 hour'";
    let one = |statement: &'static str| sqlx::query_scalar::<_, i64>(statement).fetch_one(database.pool());
    let (legs, provider, held) = (one(legs).await?, one(provider).await?, set_aside(database).await?);
    ensure!(legs == provider, "the legs keep {legs}, and the provider {provider}");
    ensure!(held == set_aside_before, "{held} is still set aside, {set_aside_before} of it from before");
    Ok(())
}

/// Fails unless each attempt with the gift card has turned a part of it into credit once; returns how many have.
pub async fn check_redemptions(database: &Database, attempts: &[BookingAttempt]) -> anyhow::Result<usize> {
    let cards: Vec<&str> = attempts.iter().filter_map(|attempt| attempt.gift_card.as_deref()).collect();
    let Some(card) = cards.first() else { return Ok(0) };
    let card: Uuid = card.parse().context("a card's id is a UUID")?;
    let sum = "SELECT coalesce(sum(-change_minor), 0)::bigint FROM gift_card_entries WHERE card_id = $1 AND kind = 'redeemed'";
    let redeemed: i64 = sqlx::query_scalar(sum).bind(card).fetch_one(database.pool()).await?;
    let expected = REDEEMED_MINOR * i64::try_from(cards.len())?;
    ensure!(redeemed == expected, "{redeemed} became credit instead of {expected}");
    Ok(cards.len())
}

/// The number of confirmations of a booking, and of their readers.
async fn confirmations(database: &Database, id: Uuid) -> anyhow::Result<(i64, i64)> {
    let counts = "SELECT count(*), count(DISTINCT to_address) FROM mails
        WHERE template LIKE 'booking\\_confirmed%' AND dedupe_key LIKE '%/' || $1 || '/%'";
    Ok(sqlx::query_as(counts).bind(id.to_string()).fetch_one(database.pool()).await?)
}
