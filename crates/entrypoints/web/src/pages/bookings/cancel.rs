//! `GET /bookings/{id}/cancellation`: the exact refund, before the click.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use bookings::{BookingsError, CancellationRefund, CancelledBy, PaymentStatus};
use chrono::TimeDelta;
use entry::{Answer, Path, SignedIn, Site};
use http::StatusCode;
use kernel::{BookingId, GiftCardId, Money};
use payments::PaymentMethod;
use serde::{Deserialize, Serialize};
use workflows::WorkflowError;
use workflows::booking::{self as booking_workflow, load_visible, preview_cancellation};
use workflows::payment::{RefundPart, RefundWay, refund_parts};

use super::cards;
use crate::kit::extract::Posted;
use crate::kit::frame::Frame;
use crate::kit::render::Template;
use crate::views::{BookingCard, BookingPresenter, MoneyLine, Viewer, samples};
use site::links;

#[derive(Debug, Serialize)]
pub(crate) struct Cancel {
    pub booking: BookingCard,
    pub action: String,
    /// The refund that is shown, in minor units; if it has changed when the form is sent, nothing is cancelled.
    pub expected_minor: i64,
    /// `$1,155.00`.
    pub refund: String,
    /// Whether anything was paid at all.
    pub is_paid: bool,
    /// Whether the refund is full.
    pub is_full: bool,
    pub lines: Vec<MoneyLine>,
    /// Why it is this much.
    pub reason: String,
    pub problem: Option<String>,
}

/// What the form sends.
#[derive(Debug, Deserialize)]
pub(crate) struct Agreed {
    expected_minor: i64,
}

/// `GET /bookings/{id}/cancellation`
pub(crate) async fn show(
    State(site): State<Site>,
    frame: Frame,
    SignedIn(caller): SignedIn,
    Path(id): Path<BookingId>,
) -> Answer<Response> {
    draw(&site, &frame, &caller, id, None).await
}

/// `POST /bookings/{id}/cancellation`
pub(crate) async fn cancel(
    State(site): State<Site>,
    frame: Frame,
    SignedIn(caller): SignedIn,
    Path(id): Path<BookingId>,
    Posted(agreed): Posted<Agreed>,
) -> Answer<Response> {
    let mut tx = site.database.begin().await?;
    match booking_workflow::cancel(&site, &mut tx, &caller, id, agreed.expected_minor).await {
        Ok(_) => tx.commit().await?,
        Err(WorkflowError::Bookings(BookingsError::RefundChanged { .. })) => {
            drop(tx);
            let problem = "The refund has changed since you saw it, because time has passed. This is what it is now.";
            return draw(&site, &frame, &caller, id, Some(problem.to_owned())).await;
        }
        // Sent twice, or no longer possible: the booking's page shows its state.
        Err(WorkflowError::Bookings(BookingsError::State { .. })) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(Redirect::to(&links::booking(id)).into_response())
}

async fn draw(
    site: &Site,
    frame: &Frame,
    caller: &accounts::Caller,
    id: BookingId,
    problem: Option<String>,
) -> Answer<Response> {
    let mut connection = site.database.acquire().await?;
    let seen = load_visible(&mut connection, caller, id).await?;
    let refund = match preview_cancellation(&seen, caller, site.clock.now()) {
        Ok(refund) => refund,
        Err(WorkflowError::Bookings(BookingsError::State { .. })) => {
            return Ok(Redirect::to(&links::booking(id)).into_response());
        }
        Err(error) => return Err(error.into()),
    };
    let booking = &seen.booking;
    let parts = match seen.side.sees_payment() {
        true => refund_parts(&mut connection, id, refund.total, site.clock.now()).await?,
        false => Vec::new(),
    };
    let cards = catalog::queries::cards(&mut connection, &[booking.celebrity]).await?;
    let viewer = Viewer::from(seen.side);
    let customer = cards::customer(&mut connection, booking, viewer).await?;
    let shown = BookingPresenter {
        booking,
        card: cards.first(),
        viewer,
        customer: customer.as_deref(),
        yours: frame.yours(),
        now: site.clock.now(),
    };
    let status = if problem.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
    frame.answer_as(status, &Cancel::of(&shown, &refund, &parts, problem))
}

impl Cancel {
    fn of(
        shown: &BookingPresenter<'_>,
        refund: &CancellationRefund,
        parts: &[RefundPart],
        problem: Option<String>,
    ) -> Self {
        let booking = shown.booking;
        let (paid, is_paid) = (booking.terms.total(), booking.payment_status == PaymentStatus::Paid);
        Self {
            booking: shown.card(),
            action: links::cancellation(booking.id),
            expected_minor: refund.total.amount_minor,
            refund: refund.total.to_string(),
            is_paid,
            is_full: refund.total.amount_minor == paid.amount_minor,
            lines: if is_paid { lines(paid, refund, parts) } else { Vec::new() },
            reason: reason(shown, refund, is_paid),
            problem,
        }
    }
}

fn lines(paid: Money, refund: &CancellationRefund, parts: &[RefundPart]) -> Vec<MoneyLine> {
    let kept = Money::new(paid.amount_minor - refund.total.amount_minor, paid.currency);
    let line =
        |label: &str, amount: Money, is_sum| MoneyLine { label: label.to_owned(), amount: amount.to_string(), is_sum };
    let mut lines = vec![line("Paid", paid, false), line("Kept", kept, false)];
    lines.extend(parts.iter().map(|part| line(&way(&part.way), part.amount, false)));
    lines.push(line("Paid back", refund.total, true));
    lines
}

/// `To your gift card ending in 7K2M`
fn way(way: &RefundWay) -> String {
    match way {
        RefundWay::AsPaid => "Back to the bank card".to_owned(),
        RefundWay::Credit => "Back to your credit".to_owned(),
        RefundWay::GiftCard { last_group: Some(group), .. } => format!("Back to the gift card ending in {group}"),
        RefundWay::GiftCard { last_group: None, .. } => "Back to the gift card".to_owned(),
        RefundWay::NewGiftCard => {
            "To a new gift card, because the one that paid is over or has another owner".to_owned()
        }
        RefundWay::Ended => "Promotional value whose last day is over; it ends".to_owned(),
    }
}

fn reason(shown: &BookingPresenter<'_>, refund: &CancellationRefund, is_paid: bool) -> String {
    match (shown.viewer, is_paid, refund.percent) {
        (_, false, _) => "Nothing was paid yet, so nothing has to go back.".to_owned(),
        (Viewer::Staff, ..) => "When we cancel, the customer gets everything back.".to_owned(),
        (Viewer::Talent, ..) => "When your side cancels, the customer gets everything back.".to_owned(),
        (_, _, 100) => format!("You are within the terms you booked with: {}", shown.policy()),
        (_, _, 0) => "It is too close to the day: under the terms you booked with, nothing is paid back.".to_owned(),
        (_, _, percent) => {
            format!(
                "{percent} % of the price is paid back. The service fee pays for work that was done. {}",
                shown.policy()
            )
        }
    }
}

impl Template for Cancel {
    const TEMPLATE: &'static str = "pages/bookings/cancel.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let confirmed = samples::confirmed();
        let page = |now, from_card: bool| {
            let shown = BookingPresenter { now, ..samples::presented(&confirmed) };
            let refund = confirmed.refund(CancelledBy::Customer, now);
            let part =
                |method, minor, way| RefundPart { method, amount: Money::new(minor, refund.total.currency), way };
            let on_cards = if from_card { 5_000 } else { 0 };
            let by_card = part(PaymentMethod::Card, refund.total.amount_minor - on_cards, RefundWay::AsPaid);
            let gift = RefundWay::GiftCard { id: GiftCardId(uuid::Uuid::nil()), last_group: Some("7K2M".to_owned()) };
            let parts = [by_card, part(PaymentMethod::GiftCard, on_cards, gift)];
            let parts = &parts[..if from_card { 2 } else { 1 }];
            let page = Self::of(&shown, &refund, parts, None);
            Self { booking: BookingCard { portrait: samples::portrait(2), ..page.booking }, ..page }
        };
        // Another week later half of the price comes back.
        vec![
            ("full", page(samples::now(), false)),
            ("half", page(samples::now() + TimeDelta::days(7), false)),
            ("parts", page(samples::now(), true)),
        ]
    }
}
