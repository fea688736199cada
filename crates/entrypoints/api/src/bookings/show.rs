//! `GET /api/bookings/{id}`

use ::bookings::queries::{Deadline, HistoryLine, Timeline, timeline};
use axum::extract::State;
use entry::{Answer, Json, Path, SignedIn, Site};
use kernel::{BookingId, Scope};
use serde::Serialize;
use workflows::booking::{BookingSide, load_visible};

use super::views::{self, BookingView};
use crate::payments::views::PaymentView;

/// A booking with all that happened and all that is due.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct BookingDetails {
    #[serde(flatten)]
    booking: BookingView,
    /// Who did what when, oldest first.
    history: Vec<HistoryLine>,
    /// What has to happen by when, soonest first.
    deadlines: Vec<Deadline>,
    /// For the customer and the staff, and for API keys that may read payments; null before anybody began to pay.
    payment: Option<PaymentView>,
}

/// One booking with its history and deadlines.
#[utoipa::path(get, path = "/api/bookings/{id}", operation_id = "get_booking", tag = "bookings",
    params(("id" = BookingId, Path, description = "The booking")),
    responses((status = 200, body = BookingDetails)))]
pub(super) async fn handle(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    Path(id): Path<BookingId>,
) -> Answer<Json<BookingDetails>> {
    let mut connection = site.database.acquire().await?;
    let seen = load_visible(&mut connection, &caller, id).await?;
    let Timeline { mut history, deadlines } = timeline(&mut connection, id).await?;
    if seen.side != BookingSide::Staff {
        // Ids of people on the other side are private; `actor_kind` says which side it was.
        history.iter_mut().filter(|line| line.actor_id != Some(caller.id)).for_each(|line| line.actor_id = None);
    }
    let payment = match seen.side {
        BookingSide::Customer | BookingSide::Staff if caller.may(Scope::PaymentsRead) => {
            ::payments::queries::payment_of(&mut connection, id).await?
        }
        _ => None,
    };
    let booking = views::one(&mut connection, seen.booking, seen.side, site.clock.now()).await?;
    Ok(Json(BookingDetails { booking, history, deadlines, payment: payment.map(PaymentView::from) }))
}
