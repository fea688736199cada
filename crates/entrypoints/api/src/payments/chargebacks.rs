//! `GET /api/chargebacks`, one of them, and `POST /api/chargebacks/{id}/closure`

use ::gift_cards::orders::{self, CardOfOrder};
use ::payments::{Chargeback, ChargebackState, PaidFor, chargebacks};
use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, Utc};
use database::Connection;
use entry::{Answer, Json, Once, Path, Problem, ProblemDocument, Query, SignedIn, Site};
use http::StatusCode;
use kernel::{BookingId, ChargebackId, GiftCardId, GiftCardOrderId, IntentId, LegId, Money, Page, PersonId};
use serde::{Deserialize, Serialize};
use workflows::payment::close_chargeback;

use crate::input;

/// Which cases, and which part of them.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ChargebacksQuery {
    /// Those in this state alone.
    state: Option<ChargebackState>,
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
    cursor: Option<String>,
}

/// Money that a bank took back for a payer who disputed a charge.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ChargebackView {
    pub id: ChargebackId,
    pub payment_id: IntentId,
    pub leg_id: LegId,
    /// What was paid: a booking, or a gift card.
    pub booking_id: Option<BookingId>,
    pub gift_card_order_id: Option<GiftCardOrderId>,
    /// Who had paid.
    pub customer_id: PersonId,
    pub amount: Money,
    /// What was found of it: on the gift cards that were bought with it, whoever has them by now, in credit that came from it, and in
    /// refunds that the customer has from their bank instead.
    pub taken_back: Money,
    /// What is missing; written off when the case is closed.
    pub rest: Money,
    /// These cards, which are stopped.
    pub cards: Vec<ChargedBackCardView>,
    pub state: ChargebackState,
    /// What became of it.
    pub note: Option<String>,
    /// Who closed it; null where all was found.
    pub closed_by: Option<PersonId>,
    pub closed_at: Option<DateTime<Utc>>,
    /// When the bank let the payment stand after all. Then `taken_back` is all of it, and what was found otherwise is where it was before.
    pub won_at: Option<DateTime<Utc>>,
    /// When it was disputed.
    pub opened_at: DateTime<Utc>,
    pub recorded_at: DateTime<Utc>,
}

/// A card that was bought with what the bank took back, or that it was sent on as.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ChargedBackCardView {
    gift_card_id: GiftCardId,
    /// The end of its code; null where it never had one.
    last_group: Option<String>,
}

impl ChargebackView {
    fn of(case: Chargeback, cards: &[CardOfOrder]) -> Self {
        let order = match case.paid_for {
            PaidFor::GiftCardOrder(id) => Some(id),
            PaidFor::Booking(_) => None,
        };
        let card =
            |one: &CardOfOrder| ChargedBackCardView { gift_card_id: one.card, last_group: one.last_group.clone() };
        Self {
            id: case.id,
            payment_id: case.intent,
            leg_id: case.leg,
            booking_id: case.paid_for.booking(),
            gift_card_order_id: order,
            customer_id: case.customer,
            amount: case.amount,
            taken_back: case.taken_back,
            rest: case.rest(),
            cards: cards.iter().filter(|one| Some(one.order) == order).map(card).collect(),
            state: case.state,
            note: case.note,
            closed_by: case.closed_by,
            closed_at: case.closed_at,
            won_at: case.won_at,
            opened_at: case.opened_at,
            recorded_at: case.recorded_at,
        }
    }

    async fn one(connection: &mut Connection, case: Chargeback) -> Answer<Self> {
        let cards = cards_of(connection, std::slice::from_ref(&case)).await?;
        Ok(Self::of(case, &cards))
    }
}

/// The cards of all orders among these cases.
async fn cards_of(connection: &mut Connection, cases: &[Chargeback]) -> Answer<Vec<CardOfOrder>> {
    let order = |case: &Chargeback| match case.paid_for {
        PaidFor::GiftCardOrder(id) => Some(id),
        PaidFor::Booking(_) => None,
    };
    let ids: Vec<GiftCardOrderId> = cases.iter().filter_map(order).collect();
    Ok(orders::cards_of(connection, &ids).await?)
}

/// What banks took back, newest first. Providers are asked every hour.
#[utoipa::path(get, path = "/api/chargebacks", operation_id = "list_chargebacks", tag = "payments",
    params(ChargebacksQuery), responses((status = 200, body = Page<ChargebackView>)))]
pub(super) async fn list(
    State(site): State<Site>,
    Query(query): Query<ChargebacksQuery>,
) -> Answer<Json<Page<ChargebackView>>> {
    let page = input::page(query.limit, query.cursor)?;
    let mut connection = site.database.acquire().await?;
    let cases = chargebacks::list(&mut connection, query.state, &page).await?;
    let cards = cards_of(&mut connection, &cases.items).await?;
    Ok(Json(cases.map(|case| ChargebackView::of(case, &cards))))
}

/// One of these cases.
#[utoipa::path(get, path = "/api/chargebacks/{id}", operation_id = "get_chargeback", tag = "payments",
    params(("id" = ChargebackId, Path, description = "The case")),
    responses((status = 200, body = ChargebackView)))]
pub(super) async fn show(State(site): State<Site>, Path(id): Path<ChargebackId>) -> Answer<Json<ChargebackView>> {
    let mut connection = site.database.acquire().await?;
    let case = chargebacks::chargeback(&mut connection, id).await?;
    Ok(Json(ChargebackView::one(&mut connection, case).await?))
}

/// What became of it.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClosureInput {
    #[schema(min_length = 1, max_length = 200)]
    note: String,
}

/// Closes a case. What was not found again is written off; nothing is looked for any more.
#[utoipa::path(post, path = "/api/chargebacks/{id}/closure", operation_id = "close_chargeback", tag = "payments",
    request_body = ClosureInput,
    params(("id" = ChargebackId, Path, description = "The case"),
        ("Idempotency-Key" = String, Header, description = "A fresh value for each new try")),
    responses((status = 200, body = ChargebackView, description = "Closed"),
        (status = 409, body = ProblemDocument, content_type = "application/problem+json",
            description = "`already_decided`, or `own_case`: it is about a payment of the caller's")))]
pub(super) async fn close(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    Path(id): Path<ChargebackId>,
    once: Once<ClosureInput>,
) -> Answer<Response> {
    let mut tx = site.database.begin().await?;
    let view = match close_chargeback(&site, &mut tx, &caller, id, &once.input.note).await {
        Ok(case) => ChargebackView::one(&mut tx, case).await,
        Err(error) => Err(Problem::from(error)),
    };
    once.finish(tx, site.clock.now(), StatusCode::OK, view).await
}
