//! `POST /api/gift-cards` and `/api/gift-card-orders`: buying a card.

use std::collections::HashSet;

use ::gift_cards::{CardDesign, GiftCardOrder, GiftRecipient, NewOrder, OrderStanding, orders};
use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use database::Connection;
use entry::{Answer, Json, Once, Path, Problem, ProblemDocument, SignedIn, Site};
use http::StatusCode;
use kernel::{Currency, FieldFault, GiftCardId, GiftCardOrderId, Money};
use serde::{Deserialize, Serialize};
use workflows::WorkflowError;
use workflows::gift_card;

/// A card to buy.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderInput {
    /// In the smallest unit of `currency`.
    #[schema(minimum = 1)]
    value_minor: i64,
    currency: Currency,
    design: CardDesign,
    /// Whom it is for; yourself if left out.
    recipient: Option<RecipientInput>,
    /// The recipient's time zone, such as `Europe/Lisbon`: where its last day ends, if it has one. UTC if left out.
    #[schema(max_length = 64)]
    time_zone: Option<String>,
}

/// Whom a card is for.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecipientInput {
    #[schema(max_length = 254)]
    email: String,
    #[schema(max_length = 80)]
    name: String,
    /// As the recipient knows you.
    #[schema(max_length = 80)]
    from: String,
    #[serde(default)]
    #[schema(max_length = 300)]
    message: String,
    /// When it is mailed, within a year; at once, when it is paid, if left out.
    deliver_at: Option<DateTime<Utc>>,
}

/// A purchase of a card.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct OrderView {
    pub id: GiftCardOrderId,
    pub state: OrderStanding,
    pub value: Money,
    pub design: CardDesign,
    pub recipient_email: Option<String>,
    pub recipient_name: Option<String>,
    pub message: Option<String>,
    pub deliver_at: Option<DateTime<Utc>>,
    pub time_zone: String,
    /// The last moment at which a payment may be started.
    pub pay_by: DateTime<Utc>,
    /// The card, once it is paid.
    pub gift_card_id: Option<GiftCardId>,
    pub created_at: DateTime<Utc>,
}

/// The purchases of somebody, newest first.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct OrdersView {
    items: Vec<OrderView>,
    /// Always null: the latest hundred are one answer.
    next_cursor: Option<String>,
}

impl OrderView {
    /// The order, which was read or changed just now.
    pub async fn load(connection: &mut Connection, order: GiftCardOrder) -> Answer<Self> {
        let charged_back = gift_card::charged_back(connection, [&order]).await?;
        Ok(Self::of(order, &charged_back))
    }

    fn of(order: GiftCardOrder, charged_back: &HashSet<GiftCardOrderId>) -> Self {
        let state = order.standing(charged_back.contains(&order.id));
        let (email, name, message, deliver_at) = match order.recipient {
            Some(GiftRecipient { email, name, message, deliver_at, .. }) => {
                (Some(email), Some(name), Some(message).filter(|message| !message.is_empty()), deliver_at)
            }
            None => (None, None, None, None),
        };
        Self {
            id: order.id,
            state,
            value: order.value,
            design: order.design,
            recipient_email: email,
            recipient_name: name,
            message,
            deliver_at,
            time_zone: order.zone.name().to_owned(),
            pay_by: order.pay_by,
            gift_card_id: order.card,
            created_at: order.created_at,
        }
    }
}

impl OrderInput {
    fn order(&self) -> Result<NewOrder, WorkflowError> {
        let zone = self.time_zone.as_deref().unwrap_or("UTC").parse::<Tz>().map_err(|_| {
            let message = "Name a time zone as in `Europe/Lisbon`.";
            WorkflowError::Fields(vec![FieldFault::new("time_zone", "invalid", message)])
        })?;
        let recipient = self.recipient.as_ref().map(|recipient| GiftRecipient {
            email: recipient.email.clone(),
            name: recipient.name.trim().to_owned(),
            from: recipient.from.trim().to_owned(),
            message: recipient.message.trim().to_owned(),
            deliver_at: recipient.deliver_at,
        });
        Ok(NewOrder { value: Money::new(self.value_minor, self.currency), design: self.design, recipient, zone })
    }
}

/// Orders a card, which is paid by card within half an hour; gift cards and credit do not pay for gift cards, and there is no tax on them.
#[utoipa::path(post, path = "/api/gift-cards", operation_id = "order_gift_card", tag = "gift cards", request_body = OrderInput,
    params(("Idempotency-Key" = String, Header, description = "A fresh value for each new try")),
    responses((status = 201, body = OrderView, description = "Ordered; pay it with `POST /api/gift-card-orders/{id}/payments`"),
        (status = 409, body = ProblemDocument, content_type = "application/problem+json",
            description = "`not_sold` or `too_many_unpaid`"),
        (status = 429, body = ProblemDocument, content_type = "application/problem+json",
            description = "`too_many_transfers`: ten mails to recipients a day")))]
pub(super) async fn order(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    once: Once<OrderInput>,
) -> Answer<Response> {
    let now = site.clock.now();
    let new = once.input.order()?;
    let mut tx = site.database.begin().await?;
    let ordered = gift_card::order_card(&site, &mut tx, &caller, new).await;
    let view = match ordered {
        Ok(order) => OrderView::load(&mut tx, order).await,
        Err(error) => Err(Problem::from(error)),
    };
    once.finish(tx, now, StatusCode::CREATED, view).await
}

/// Your purchases of gift cards, newest first.
#[utoipa::path(get, path = "/api/gift-card-orders", operation_id = "list_gift_card_orders", tag = "gift cards",
    responses((status = 200, body = OrdersView)))]
pub(super) async fn list(State(site): State<Site>, SignedIn(caller): SignedIn) -> Answer<Json<OrdersView>> {
    let mut connection = site.database.acquire().await?;
    let orders = orders::orders_of(&mut connection, caller.id).await?;
    let charged_back = gift_card::charged_back(&mut connection, &orders).await?;
    let items = orders.into_iter().map(|order| OrderView::of(order, &charged_back)).collect();
    Ok(Json(OrdersView { items, next_cursor: None }))
}

/// One purchase of a gift card.
#[utoipa::path(get, path = "/api/gift-card-orders/{id}", operation_id = "get_gift_card_order", tag = "gift cards",
    params(("id" = GiftCardOrderId, Path, description = "The order")),
    responses((status = 200, body = OrderView)))]
pub(super) async fn show(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    Path(id): Path<GiftCardOrderId>,
) -> Answer<Json<OrderView>> {
    let mut connection = site.database.acquire().await?;
    let order = gift_card::load_order(&mut connection, &caller, id).await?;
    Ok(Json(OrderView::load(&mut connection, order).await?))
}

/// An empty object.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnInput {}

/// Returns a card that nobody has claimed or used, and pays its price back the way it came.
#[utoipa::path(post, path = "/api/gift-card-orders/{id}/return", operation_id = "return_gift_card_order", tag = "gift cards",
    request_body = ReturnInput,
    params(("id" = GiftCardOrderId, Path, description = "The order"),
        ("Idempotency-Key" = String, Header, description = "A fresh value for each new try")),
    responses((status = 200, body = OrderView, description = "Returned; the refund is on its way"),
        (status = 409, body = ProblemDocument, content_type = "application/problem+json",
            description = "`not_returnable` or `card_frozen`")))]
pub(super) async fn give_back(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    Path(id): Path<GiftCardOrderId>,
    once: Once<ReturnInput>,
) -> Answer<Response> {
    let mut tx = site.database.begin().await?;
    let returned = gift_card::return_card(&site, &mut tx, &caller, id).await;
    let view = match returned {
        Ok(order) => OrderView::load(&mut tx, order).await,
        Err(error) => Err(Problem::from(error)),
    };
    once.finish(tx, site.clock.now(), StatusCode::OK, view).await
}
