//! The sandbox card provider: imitates another company's system, with durable state of its own.
//!
//! Its tables stand for that company's database. It commits on its own, as a remote system would, and answers the same for
//! the same key after any crash of ours.

use std::time::Duration;

use async_trait::async_trait;
use chrono::TimeDelta;
use database::{Database, PooledConnection};
use kernel::chance::SharedChance;
use kernel::clock::SharedClock;
use kernel::{Currency, Instant, Money};

use crate::{Capture, CardDispute, CardPayment, CardProvider, CardState, CardsError, ChargeRequest};

/// Seconds a slow charge takes at the bank.
const PROCESSING_S: i64 = 5;

/// The scenario of an authorisation that the bank lets lapse, and the code with which the charge then fails.
const LAPSES: &str = "authorisation_lapses";
const LAPSED: &str = "authorisation_lapsed";

/// The scenario of a payer who disputes the charge, and how long that takes.
const CHARGED_BACK: &str = "charged_back";
const DISPUTED_AFTER: TimeDelta = TimeDelta::hours(1);

/// The scenario of a dispute that the bank decides for us, and how long that takes.
const DISPUTE_WON: &str = "dispute_won";
const WON_AFTER: TimeDelta = TimeDelta::hours(24);

/// The scenario of a key that was cancelled before its charge came.
const CLOSED: &str = "closed";

/// A test number, and what happens when it is charged.
#[derive(Debug, Clone, Copy)]
pub struct TestCard {
    pub number: &'static str,
    pub scenario: &'static str,
    /// For people who try the checkout.
    pub label: &'static str,
}

/// All test numbers of the sandbox.
pub const TEST_CARDS: [TestCard; 12] = [
    TestCard { number: "4242424242424242", scenario: "success", label: "Pays at once" },
    TestCard {
        number: "4000002500003155",
        scenario: "challenge",
        label: "Asks you to confirm with your bank (3-D Secure)",
    },
    TestCard { number: "4000000000000002", scenario: "declined", label: "Is declined" },
    TestCard { number: "4000000000009995", scenario: "insufficient_funds", label: "Has not enough money on it" },
    TestCard { number: "4000000000000119", scenario: "processing", label: "Takes a few seconds at the bank" },
    TestCard { number: "4000000000000259", scenario: "lost_answer", label: "Pays, but the provider's answer is lost" },
    TestCard {
        number: "4000000000000341",
        scenario: "capture_declined",
        label: "Sets the money aside, and then does not give it (with gift cards; is declined alone)",
    },
    TestCard {
        number: "4000000000000366",
        scenario: "lost_capture",
        label: "Gives what it set aside, but that answer is lost",
    },
    TestCard {
        number: "4000000000000374",
        scenario: "authorisation_lapses",
        label: "Takes its time, and then does not hold the money any more",
    },
    TestCard {
        number: "4000000000005126",
        scenario: "lost_refund",
        label: "Pays, and loses the answer to a first refund",
    },
    TestCard { number: "4000000000005423", scenario: CHARGED_BACK, label: "Pays, and is charged back an hour later" },
    TestCard {
        number: "4000000000005431",
        scenario: DISPUTE_WON,
        label: "Pays, is charged back an hour later, and the bank lets it stand a day after that",
    },
];

/// What the sandbox charges at least: half of a unit of currencies that have cents.
const LEAST_MINOR: i64 = 50;

/// Makes the address of the page on which the payer answers the bank's question, from the charge's reference.
pub type ChallengeAddress = Box<dyn Fn(&str) -> String + Send + Sync>;

/// The provider.
pub struct SandboxCards {
    database: Database,
    clock: SharedClock,
    chance: SharedChance,
    address: ChallengeAddress,
}

struct SandboxRow {
    provider_ref: String,
    amount_minor: i64,
    currency: Currency,
    scenario: String,
    state: String,
    failure_code: Option<String>,
    is_captured_later: bool,
    updated_at: Instant,
}

impl SandboxCards {
    /// Its name, as stored with each leg.
    pub const NAME: &str = "sandbox";

    /// A provider that stores its state in `database`, and whose bank asks at `address`.
    pub fn new(database: Database, clock: SharedClock, chance: SharedChance, address: ChallengeAddress) -> Self {
        Self { database, clock, chance, address }
    }

    /// The payer's answer on the sandbox bank's page.
    pub async fn answer_challenge(&self, provider_ref: &str, approve: bool) -> Result<CardPayment, CardsError> {
        let (state, failure) = if approve { ("succeeded", None) } else { ("declined", Some("authentication_failed")) };
        sqlx::query!(
            "UPDATE sandbox_card_payments
             SET state = CASE WHEN $2 = 'succeeded' AND is_captured_later THEN 'authorised' ELSE $2 END, failure_code = $3,
               updated_at = $4
             WHERE provider_ref = $1 AND state = 'action_required'",
            provider_ref,
            state,
            failure,
            self.clock.now()
        )
        .execute(&mut *self.connection().await?)
        .await
        .map_err(unavailable)?;
        self.by_ref(provider_ref).await?.ok_or(CardsError::Unknown)
    }

    /// Where the payer goes after the bank's question; `None` if the charge names no address.
    pub async fn return_url(&self, provider_ref: &str) -> Result<Option<String>, CardsError> {
        let url =
            sqlx::query_scalar!("SELECT return_url FROM sandbox_card_payments WHERE provider_ref = $1", provider_ref);
        url.fetch_optional(&mut *self.connection().await?).await.map_err(unavailable)?.ok_or(CardsError::Unknown)
    }

    /// The charge with this reference.
    pub async fn by_ref(&self, provider_ref: &str) -> Result<Option<CardPayment>, CardsError> {
        let row = sqlx::query_as!(
            SandboxRow,
            r#"SELECT provider_ref, amount_minor, currency AS "currency: Currency", scenario, state, failure_code, is_captured_later,
                 updated_at
               FROM sandbox_card_payments WHERE provider_ref = $1"#,
            provider_ref
        );
        Ok(row.fetch_optional(&mut *self.connection().await?).await.map_err(unavailable)?.map(|row| self.payment(row)))
    }

    async fn connection(&self) -> Result<PooledConnection, CardsError> {
        self.database.acquire().await.map_err(unavailable)
    }

    fn fresh_reference(&self, now: Instant) -> String {
        format!("sandbox_{}", self.chance.uuid(now).simple())
    }

    /// A slow charge succeeds, and an authorisation that does not last ends, when it is read long enough after its last change.
    fn payment(&self, row: SandboxRow) -> CardPayment {
        let arrived = self.clock.now() - row.updated_at >= TimeDelta::seconds(PROCESSING_S);
        let state = match row.state.as_str() {
            "succeeded" => CardState::Succeeded,
            "processing" if arrived && row.scenario == LAPSES => CardState::Declined { code: LAPSED.to_owned() },
            "processing" if arrived && row.is_captured_later => CardState::Authorised,
            "processing" if arrived => CardState::Succeeded,
            "authorised" => CardState::Authorised,
            "processing" => CardState::Processing,
            "action_required" => CardState::ActionRequired { url: (self.address)(&row.provider_ref) },
            "cancelled" => CardState::Cancelled,
            _ => CardState::Declined { code: row.failure_code.unwrap_or_else(|| "card_declined".to_owned()) },
        };
        CardPayment { provider_ref: row.provider_ref, amount: Money::new(row.amount_minor, row.currency), state }
    }
}

#[async_trait]
impl CardProvider for SandboxCards {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn least_minor(&self, currency: Currency) -> i64 {
        if currency.decimals() == 3 { LEAST_MINOR * 10 } else { LEAST_MINOR }
    }

    async fn charge(&self, request: &ChargeRequest) -> Result<CardPayment, CardsError> {
        let digits: String = request.card.number.expose().chars().filter(char::is_ascii_digit).collect();
        let card = TEST_CARDS.iter().find(|card| card.number == digits);
        let is_later = request.capture == Capture::Later;
        let paid = if is_later { "authorised" } else { "succeeded" };
        let (scenario, state, failure) = match card.map(|card| card.scenario) {
            Some(pays @ ("success" | "lost_answer" | "lost_capture" | "lost_refund" | CHARGED_BACK | DISPUTE_WON)) => {
                (pays, paid, None)
            }
            Some(asks @ "challenge") => (asks, "action_required", None),
            Some(slow @ ("processing" | LAPSES)) => (slow, "processing", None),
            Some(later @ "capture_declined") if is_later => (later, paid, None),
            Some("insufficient_funds") => ("insufficient_funds", "declined", Some("insufficient_funds")),
            Some(other) => (other, "declined", Some("card_declined")),
            None => ("unknown", "declined", Some("invalid_number")),
        };
        let now = self.clock.now();
        let is_same_request = sqlx::query_scalar!(
            r#"WITH made AS (
                 INSERT INTO sandbox_card_payments (provider_ref, idempotency_key, amount_minor, currency, scenario, state, failure_code,
                   return_url, is_captured_later, created_at, updated_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $9, $11, $8, $8) ON CONFLICT (idempotency_key) DO NOTHING
               )
               SELECT amount_minor = $3 AND currency = $4 AND scenario IN ($5, $10) AS "is_same!"
               FROM sandbox_card_payments WHERE idempotency_key = $2"#,
            self.fresh_reference(now),
            request.idempotency_key,
            request.amount.amount_minor,
            request.amount.currency.code(),
            scenario,
            state,
            failure,
            now,
            request.return_url,
            CLOSED,
            is_later
        )
        .fetch_optional(&mut *self.connection().await?)
        .await
        .map_err(unavailable)?
        .unwrap_or(true);
        if !is_same_request {
            return Err(CardsError::Refused("this key belongs to another request"));
        }
        if scenario == "lost_answer" {
            tokio::time::sleep(Duration::from_millis(200)).await;
            return Err(CardsError::Timeout);
        }
        self.find(&request.idempotency_key).await?.ok_or(CardsError::Unknown)
    }

    async fn find(&self, idempotency_key: &str) -> Result<Option<CardPayment>, CardsError> {
        let row = sqlx::query_as!(
            SandboxRow,
            r#"SELECT provider_ref, amount_minor, currency AS "currency: Currency", scenario, state, failure_code, is_captured_later,
                 updated_at
               FROM sandbox_card_payments WHERE idempotency_key = $1"#,
            idempotency_key
        );
        Ok(row.fetch_optional(&mut *self.connection().await?).await.map_err(unavailable)?.map(|row| self.payment(row)))
    }

    async fn capture(&self, idempotency_key: &str) -> Result<CardPayment, CardsError> {
        let known = self.find(idempotency_key).await?.ok_or(CardsError::Unknown)?;
        if known.state != CardState::Authorised {
            return Ok(known);
        }
        let scenario = sqlx::query_scalar!(
            "UPDATE sandbox_card_payments SET updated_at = $2,
               state = CASE scenario WHEN 'capture_declined' THEN 'declined' ELSE 'succeeded' END,
               failure_code = CASE scenario WHEN 'capture_declined' THEN 'capture_declined' END
             WHERE idempotency_key = $1 AND (state = 'authorised' OR (state = 'processing' AND updated_at <= $3)) RETURNING scenario",
            idempotency_key,
            self.clock.now(),
            self.clock.now() - TimeDelta::seconds(PROCESSING_S)
        );
        let scenario = scenario.fetch_optional(&mut *self.connection().await?).await.map_err(unavailable)?;
        if scenario.as_deref() == Some("lost_capture") {
            return Err(CardsError::Timeout);
        }
        self.find(idempotency_key).await?.ok_or(CardsError::Unknown)
    }

    async fn cancel(&self, idempotency_key: &str, amount: Money) -> Result<Option<CardPayment>, CardsError> {
        let now = self.clock.now();
        sqlx::query!(
            "INSERT INTO sandbox_card_payments AS known (provider_ref, idempotency_key, amount_minor, currency,
              scenario, state, created_at, updated_at)
             VALUES ($4, $1, $5, $6, $7, 'cancelled', $2, $2)
             ON CONFLICT (idempotency_key) DO UPDATE SET state = 'cancelled', updated_at = $2
             WHERE known.state IN ('action_required', 'authorised')
               OR (known.state = 'processing' AND (known.is_captured_later OR known.updated_at > $3))",
            idempotency_key,
            now,
            now - TimeDelta::seconds(PROCESSING_S),
            self.fresh_reference(now),
            amount.amount_minor,
            amount.currency.code(),
            CLOSED
        )
        .execute(&mut *self.connection().await?)
        .await
        .map_err(unavailable)?;
        self.find(idempotency_key).await
    }

    async fn refund(&self, provider_ref: &str, amount: Money, idempotency_key: &str) -> Result<(), CardsError> {
        let mut tx = self.database.begin().await.map_err(unavailable)?;
        let fresh = sqlx::query!(
            "INSERT INTO sandbox_card_refunds (idempotency_key, provider_ref, amount_minor, created_at)
              VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
            idempotency_key,
            provider_ref,
            amount.amount_minor,
            self.clock.now()
        )
        .execute(&mut *tx)
        .await
        .map_err(unavailable)?;
        if fresh.rows_affected() == 0 {
            return Ok(());
        }
        let paid_back = sqlx::query!(
            "UPDATE sandbox_card_payments SET refunded_minor = refunded_minor + $2 WHERE provider_ref = $1 AND refunded_minor + $2
               <= amount_minor - (SELECT coalesce(sum(amount_minor), 0) FROM sandbox_card_disputes
                 WHERE provider_ref = $1 AND won_at IS NULL)",
            provider_ref,
            amount.amount_minor
        )
        .execute(&mut *tx)
        .await
        .map_err(unavailable)?;
        if paid_back.rows_affected() == 0 {
            return Err(CardsError::Refused("more than was charged"));
        }
        let scenario =
            sqlx::query_scalar!("SELECT scenario FROM sandbox_card_payments WHERE provider_ref = $1", provider_ref);
        let scenario = scenario.fetch_one(&mut *tx).await.map_err(unavailable)?;
        tx.commit().await.map_err(unavailable)?;
        if scenario == "lost_refund" { Err(CardsError::Timeout) } else { Ok(()) }
    }

    async fn disputes(&self, since: Instant) -> Result<Vec<CardDispute>, CardsError> {
        let (now, mut connection) = (self.clock.now(), self.connection().await?);
        // Disputes come into being when we ask for them, because the sandbox has no worker that could open them earlier.
        sqlx::query!(
            "INSERT INTO sandbox_card_disputes (provider_ref, amount_minor, opened_at)
             SELECT provider_ref, amount_minor - refunded_minor, $1 FROM sandbox_card_payments
             WHERE scenario = ANY($2) AND state = 'succeeded' AND updated_at <= $3 AND refunded_minor < amount_minor
             ON CONFLICT DO NOTHING",
            now,
            &[CHARGED_BACK.to_owned(), DISPUTE_WON.to_owned()],
            now - DISPUTED_AFTER
        )
        .execute(&mut *connection)
        .await
        .map_err(unavailable)?;
        sqlx::query!(
            "UPDATE sandbox_card_disputes d SET won_at = $1 FROM sandbox_card_payments p
             WHERE p.provider_ref = d.provider_ref AND p.scenario = $2 AND d.won_at IS NULL AND d.opened_at <= $3",
            now,
            DISPUTE_WON,
            now - WON_AFTER
        )
        .execute(&mut *connection)
        .await
        .map_err(unavailable)?;
        let rows = sqlx::query!(
            r#"SELECT d.provider_ref, d.amount_minor, p.currency AS "currency: Currency", d.opened_at, d.won_at
               FROM sandbox_card_disputes d
               JOIN sandbox_card_payments p USING (provider_ref) WHERE d.opened_at >= $1 ORDER BY d.opened_at, d.provider_ref"#,
            since
        );
        let rows = rows.fetch_all(&mut *connection).await.map_err(unavailable)?;
        let disputes = rows.into_iter().map(|row| CardDispute {
            dispute_ref: format!("dispute_{}", row.provider_ref),
            amount: Money::new(row.amount_minor, row.currency),
            provider_ref: row.provider_ref,
            opened_at: row.opened_at,
            is_won: row.won_at.is_some(),
        });
        Ok(disputes.collect())
    }
}

impl std::fmt::Debug for SandboxCards {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SandboxCards")
    }
}

fn unavailable(error: sqlx::Error) -> CardsError {
    CardsError::Unavailable(Box::new(error))
}
