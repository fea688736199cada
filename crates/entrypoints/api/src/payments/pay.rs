//! `POST /api/bookings/{id}/payments` and `POST /api/gift-card-orders/{id}/payments`

use ::payments::{PaidFor, Payment};
use accounts::Caller;
use axum::extract::State;
use axum::response::Response;
use entry::{Answer, Once, Path, Problem, ProblemDocument, SignedIn, Site};
use http::StatusCode;
use kernel::{BookingId, GiftCardId, GiftCardOrderId, Instant, Secret};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use workflows::AnswerTemplate;
use workflows::payment::{AppliedValue, PayCard, TenderStep, apply, pay, pay_applied, prepare};

use super::views::PaymentView;

/// How to pay.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(tag = "method", rename_all = "snake_case", deny_unknown_fields)]
pub enum PaymentInput {
    /// By card, all that is not set aside in other ways.
    Card {
        #[serde(deserialize_with = "object")]
        card: CardNumber,
        /// What the payer has agreed to pay with it: the price, less what is set aside. If another amount is due, nothing is charged
        /// (`amount_changed`). Required once anything was set aside, also where that came off again.
        #[schema(minimum = 1)]
        expected_minor: Option<i64>,
        /// Where the payer goes after the bank's question: an address that begins with `https://`, or a page of this site.
        /// The page of the checkout if left out.
        #[schema(max_length = 2000)]
        return_url: Option<String>,
    },
    /// Sets value of one of your gift cards aside; a card or what you applied pays it later.
    GiftCard {
        gift_card_id: GiftCardId,
        /// As much as is left to pay, or as is on it, if left out.
        #[schema(minimum = 1)]
        amount_minor: Option<i64>,
    },
    /// Sets some of your credit in the currency of the price aside.
    Credit {
        #[schema(minimum = 1)]
        amount_minor: Option<i64>,
    },
    /// Pays with the gift cards and the credit that are set aside, where they cover the price.
    Applied {
        /// What the payer has agreed to pay with them: the price.
        #[schema(minimum = 1)]
        expected_minor: Option<i64>,
    },
}

/// A card of the sandbox provider.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CardNumber {
    /// One of the sandbox's test numbers, such as `4242424242424242`; real card numbers are refused and never kept.
    #[schema(value_type = String, max_length = 32)]
    number: Secret<String>,
}

/// Names the field of the card's number as the input nests it.
fn within_card(mut problem: Problem) -> Problem {
    for fault in problem.fields.iter_mut().filter(|fault| fault.field == "number") {
        fault.field = "card.number".to_owned();
    }
    problem
}

/// Deserializes from objects only: serde would also take an array as the fields in their order.
fn object<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> Result<T, D::Error> {
    let fields = serde_json::Map::deserialize(deserializer)?;
    T::deserialize(serde_json::Value::Object(fields)).map_err(serde::de::Error::custom)
}

/// Pays what is due, or sets stored value aside for it. In the answer to a card its leg is `captured`, `failed`,
/// waiting for the payer at its `action_url`, or without a result yet; stored value is `held` until it is taken together with the rest.
/// Where the bank does not give what the card has set aside, what is `held` comes off: those legs are `void`, with the `failure_code`
/// `card_failed`, and the whole price is due again.
/// The payer opens `action_url` in a browser, needs no session here, and is led to `return_url` afterwards.
#[utoipa::path(post, path = "/api/bookings/{id}/payments", operation_id = "pay_booking", tag = "payments", request_body = PaymentInput,
    params(("id" = BookingId, Path, description = "The booking"),
        ("Idempotency-Key" = String, Header, description = "A fresh value for each new try")),
    responses((status = 200, body = PaymentView, description = "How the payment stands"),
        (status = 409, body = ProblemDocument, content_type = "application/problem+json",
            description = "`already_paid`, `already_paying`, `already_applied`, `covered`, `not_covered`, `amount_changed` (with `due`), `not_enough`, `leaves_too_little`, \
                `other_currency`, `share_too_large`, `card_frozen`, `card_expired`, `card_offered`, `card_void`, `hold_lapsed`, \
                `provider_not_configured` or `booking_state`")))]
pub(super) async fn handle(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    Path(id): Path<BookingId>,
    once: Once<PaymentInput>,
) -> Answer<Response> {
    // A charge cannot be rolled back, so the kept answer is looked up before, not after, the effect. It is stored with what the provider
    // answered; a retry that comes before that goes on with the leg that the first try opened.
    let mut connection = site.database.acquire().await?;
    if let Some(answer) = once.replay(&mut connection).await? {
        return Ok(answer);
    }
    drop(connection);
    let (value, amount_minor) = match &once.input {
        PaymentInput::Card { card, expected_minor, return_url } => {
            let card = entered(card, *expected_minor, return_url);
            return by_card(&site, &caller, id.into(), &once, card).await;
        }
        PaymentInput::GiftCard { gift_card_id, amount_minor } => {
            (Some(AppliedValue::GiftCard(*gift_card_id)), *amount_minor)
        }
        PaymentInput::Credit { amount_minor } => (Some(AppliedValue::Credit), *amount_minor),
        // What is expected of the parts together.
        PaymentInput::Applied { expected_minor } => (None, *expected_minor),
    };
    let step = value.map_or(TenderStep::Pay, |value| TenderStep::Apply(value, amount_minor));
    if let Err(error) = prepare(&site, &caller, id, step).await {
        return once.answer(&site.database, StatusCode::OK, Err(error.into())).await;
    }
    let mut tx = site.database.begin().await?;
    let outcome = match value {
        Some(value) => apply(&site, &mut tx, &caller, id, value, amount_minor).await,
        None => pay_applied(&site, &mut tx, &caller, id, amount_minor).await,
    };
    once.finish(tx, site.clock.now(), StatusCode::OK, outcome.map(PaymentView::from).map_err(Problem::from)).await
}

/// A bank card that pays for a gift card; gift cards and credit do not.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderPaymentInput {
    #[serde(deserialize_with = "object")]
    card: CardNumber,
    /// What the payer has agreed to pay. If another amount is due, nothing is charged (`amount_changed`).
    #[schema(minimum = 1)]
    expected_minor: Option<i64>,
    /// As for bookings.
    #[schema(max_length = 2000)]
    return_url: Option<String>,
}

/// Pays a gift card that was ordered. The answer is as for bookings.
#[utoipa::path(post, path = "/api/gift-card-orders/{id}/payments", operation_id = "pay_gift_card_order", tag = "payments",
    request_body = OrderPaymentInput,
    params(("id" = GiftCardOrderId, Path, description = "The order"),
        ("Idempotency-Key" = String, Header, description = "A fresh value for each new try")),
    responses((status = 200, body = PaymentView, description = "How the payment stands"),
        (status = 409, body = ProblemDocument, content_type = "application/problem+json",
            description = "`already_paid`, `already_paying`, `amount_changed` (with `due`), `hold_lapsed` or `provider_not_configured`")))]
pub(super) async fn for_order(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    Path(id): Path<GiftCardOrderId>,
    once: Once<OrderPaymentInput>,
) -> Answer<Response> {
    let mut connection = site.database.acquire().await?;
    if let Some(answer) = once.replay(&mut connection).await? {
        return Ok(answer);
    }
    drop(connection);
    let OrderPaymentInput { card, expected_minor, return_url } = &once.input;
    by_card(&site, &caller, id.into(), &once, entered(card, *expected_minor, return_url)).await
}

fn entered(card: &CardNumber, expected_minor: Option<i64>, return_url: &Option<String>) -> PayCard {
    PayCard { number: card.number.clone(), expected_minor, return_url: return_url.clone() }
}

async fn by_card<Input: DeserializeOwned>(
    site: &Site,
    caller: &Caller,
    paid_for: PaidFor,
    once: &Once<Input>,
    card: PayCard,
) -> Answer<Response> {
    let template = AnswerTemplate { attempt: once.attempt.clone(), status: StatusCode::OK.as_u16(), body };
    let paid = pay(site, caller, paid_for, card, Some(&template)).await;
    let answer = paid.map(|payment| body(payment, site.clock.now())).map_err(|error| within_card(error.into()));
    once.answer(&site.database, StatusCode::OK, answer).await
}

fn body(payment: Payment, _: Instant) -> Vec<u8> {
    serde_json::to_vec(&PaymentView::from(payment)).expect("answers are plain data")
}
