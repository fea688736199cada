//! `GET /bookings/{id}/cancellation`: the exact refund, before the click.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use bookings::{BookingsError, PaymentStatus, Refund};
use entry::{Answer, Path, SignedIn, Site};
use http::StatusCode;
use kernel::{BookingId, Money};
use serde::{Deserialize, Serialize};
use workflows::WorkflowError;
use workflows::booking::{self as booking_workflow, preview_cancellation, see};

use crate::kit::extract::Form;
use crate::kit::frame::Frame;
use crate::kit::render::Page;
use crate::views::booking::{self as booking_view, Shown, Side};
use crate::views::{BookingCard, MoneyLine, samples};
use site::links;

#[derive(Debug, Serialize)]
pub(crate) struct Cancel {
    pub booking: BookingCard,
    pub action: String,
    /// The refund that is shown, in minor units: if time changes it, nothing happens.
    pub expected_minor: i64,
    /// `$1,155.00`.
    pub refund: String,
    /// Whether anything was paid at all.
    pub is_paid: bool,
    /// Whether nothing is lost.
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
    Form(agreed): Form<Agreed>,
) -> Answer<Response> {
    let mut tx = site.database.begin().await?;
    match booking_workflow::cancel(&site, &mut tx, &caller, id, agreed.expected_minor).await {
        Ok(_) => tx.commit().await?,
        Err(WorkflowError::Bookings(BookingsError::RefundChanged { .. })) => {
            drop(tx);
            let problem = "The refund has changed since you saw it, because time has passed. This is what it is now.";
            return draw(&site, &frame, &caller, id, Some(problem.to_owned())).await;
        }
        // Sent twice, or over already: the booking's page says how it stands.
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
    let seen = see(&mut connection, caller, id).await?;
    let refund = match preview_cancellation(&seen, caller, site.clock.now()) {
        Ok(refund) => refund,
        Err(WorkflowError::Bookings(BookingsError::State { .. })) => {
            return Ok(Redirect::to(&links::booking(id)).into_response());
        }
        Err(error) => return Err(error.into()),
    };
    let booking = &seen.booking;
    let cards = catalog::queries::cards(&mut connection, &[booking.celebrity]).await?;
    let side = Side::from(seen.side);
    let customer = booking_view::customer(&mut connection, booking, side).await?;
    let shown = Shown {
        booking,
        card: cards.first(),
        side,
        customer: customer.as_deref(),
        yours: frame.yours(),
        now: site.clock.now(),
    };
    let (paid, is_paid) = (booking.terms.total(), booking.payment_status == PaymentStatus::Paid);
    let status = if problem.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
    let page = Cancel {
        booking: shown.card(),
        action: links::cancellation(id),
        expected_minor: refund.total.amount_minor,
        refund: refund.total.to_string(),
        is_paid,
        is_full: refund.total.amount_minor == paid.amount_minor,
        lines: if is_paid { lines(paid, &refund) } else { Vec::new() },
        reason: reason(&shown, &refund, is_paid),
        problem,
    };
    frame.answer_as(status, &page)
}

fn lines(paid: Money, refund: &Refund) -> Vec<MoneyLine> {
    let kept = Money::new(paid.amount_minor - refund.total.amount_minor, paid.currency);
    let line =
        |label: &str, amount: Money, is_sum| MoneyLine { label: label.to_owned(), amount: amount.to_string(), is_sum };
    vec![line("Paid", paid, false), line("Kept", kept, false), line("Paid back to the card", refund.total, true)]
}

fn reason(shown: &Shown<'_>, refund: &Refund, is_paid: bool) -> String {
    match (shown.side, is_paid, refund.percent) {
        (_, false, _) => "Nothing was paid yet, so nothing has to go back.".to_owned(),
        (Side::Staff, ..) => "When we cancel, the customer gets everything back.".to_owned(),
        (Side::Talent, ..) => "When your side cancels, the customer gets everything back.".to_owned(),
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

impl Page for Cancel {
    const TEMPLATE: &'static str = "pages/bookings/cancel.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let line = |label: &str, amount: &str, is_sum| MoneyLine {
            label: label.to_owned(),
            amount: amount.to_owned(),
            is_sum,
        };
        let page = |refund: &str, kept: &str, is_full| Self {
            booking: samples::booking("Confirmed", "ok", None),
            action: "/bookings/1/cancellation".to_owned(),
            expected_minor: 115_500,
            is_paid: true,
            refund: refund.to_owned(),
            is_full,
            lines: vec![
                line("Paid", "$1,155.00", false),
                line("Kept", kept, false),
                line("Paid back to your card", refund, true),
            ],
            reason: "You cancel more than 5 days before the start, so everything is paid back.".to_owned(),
            problem: None,
        };
        vec![("full", page("$1,155.00", "$0.00", true)), ("half", page("$577.50", "$577.50", false))]
    }
}
