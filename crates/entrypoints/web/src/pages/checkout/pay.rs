//! `GET /bookings/{id}/checkout`: the total, how long the time is held, and the card.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use bookings::{Booking, BookingsError, Status};
use entry::{Answer, Path, Problem, SignedIn, Site};
use http::StatusCode;
use kernel::{BookingId, Secret};
use payments::queries::payment_of;
use payments::{IntentState, Leg, LegState, Payment, PaymentsError};
use serde::{Deserialize, Serialize};
use site::links;
use workflows::WorkflowError;
use workflows::booking::{self as booking_workflow, load_visible};
use workflows::payment::{self as payment_workflow, PayCard, test_cards};

use super::choice::{AppliedPart, Tender, UsableValue, tender_of};
use crate::kit::extract::Posted;
use crate::kit::form::Form;
use crate::kit::format;
use crate::kit::frame::Frame;
use crate::kit::render::Template;
use crate::pages::free_times;
use crate::views::{BookingCard, BookingPresenter, MoneyLine, Viewer, samples};

#[derive(Debug, Serialize)]
pub(crate) struct Pay {
    pub booking: BookingCard,
    pub action: String,
    pub total: String,
    /// What the button says, in minor units; if another amount is due when the form is sent, nothing is charged.
    pub expected_minor: i64,
    pub lines: Vec<MoneyLine>,
    pub policy: String,
    /// Whether a time is held meanwhile.
    pub takes_time: bool,
    /// The end of the hold as an instant, for the countdown.
    pub hold_expires_at: Option<String>,
    /// The same in words: `until 14:32 in Berlin`.
    pub hold_until: Option<String>,
    /// The bank's page that authenticates the payer, if an earlier attempt waits for that.
    pub at_bank: Option<String>,
    /// Where a gift card is claimed, and then applied here.
    pub claim: String,
    /// Where the same offering can be booked again.
    pub again: String,
    /// Gift cards and credit.
    pub tender: Tender,
    pub form: Form,
    pub test_cards: Vec<TestCardLine>,
    /// Whether the card can be entered, and otherwise why not.
    pub state: PayState,
}

/// The state of the checkout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PayState {
    /// The card can be entered.
    Open,
    /// The hold lapsed and nothing was charged.
    Lapsed,
    /// The provider has not answered yet.
    Processing,
}

/// A test number of the sandbox.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct TestCardLine {
    pub number: String,
    pub outcome: String,
}

/// What the form sends.
#[derive(Debug, Deserialize)]
pub(crate) struct Entered {
    number: Secret<String>,
    /// What the button said.
    #[serde(default)]
    expected_minor: Option<i64>,
}

/// `GET /bookings/{id}/checkout`
pub(crate) async fn show(
    State(site): State<Site>,
    frame: Frame,
    SignedIn(caller): SignedIn,
    Path(id): Path<BookingId>,
) -> Answer<Response> {
    let mut connection = site.database.acquire().await?;
    let payment = payment_of(&mut connection, id).await?;
    drop(connection);
    let form = Form { problem: payment.as_ref().and_then(last_problem), ..Form::default() };
    again(&site, &frame, &caller, id, (StatusCode::OK, form)).await
}

/// `POST /bookings/{id}/checkout`
pub(crate) async fn pay(
    State(site): State<Site>,
    frame: Frame,
    SignedIn(caller): SignedIn,
    Path(id): Path<BookingId>,
    Posted(entered): Posted<Entered>,
) -> Answer<Response> {
    let mut connection = site.database.acquire().await?;
    own(&mut connection, &caller, id).await?;
    drop(connection);
    let card = PayCard { number: entered.number, expected_minor: entered.expected_minor, return_url: None };
    let to = match payment_workflow::pay(&site, &caller, id.into(), card, None).await {
        Ok(payment) => next(&site, id, &payment),
        Err(
            error @ (WorkflowError::Fields(_)
            | WorkflowError::Payments(
                PaymentsError::AmountChanged { .. }
                | PaymentsError::AmountNotNamed { .. }
                | PaymentsError::Covered
                | PaymentsError::TooLittle { .. },
            )),
        ) => {
            return again(&site, &frame, &caller, id, refused_form(error.into())).await;
        }
        // The checkout page shows that the hold has expired.
        Err(WorkflowError::HoldLapsed) => links::checkout(id),
        // Paid already, or over: the booking's page says how it stands.
        Err(
            WorkflowError::Payments(PaymentsError::AlreadyPaid | PaymentsError::AlreadyPaying)
            | WorkflowError::Bookings(BookingsError::State { .. }),
        ) => links::booking(id),
        Err(error) => return Err(error.into()),
    };
    Ok(Redirect::to(&to).into_response())
}

/// The form with the reason why it was refused.
pub(super) fn refused_form(problem: Problem) -> (StatusCode, Form) {
    let mut form = Form::default().refused(&problem);
    // The amount is no field of these pages: its sentence stands above the form.
    if form.errors.remove("expected_minor").is_some() {
        form = Form { problem: Some(problem.detail.clone()), ..form };
    }
    if problem.code == "amount_changed" {
        form.problem = Some(format!("What is applied here has changed since you saw this page. {}", problem.detail));
    }
    (problem.status, form)
}

/// The booking, for the customer who pays it.
pub(super) async fn own(
    connection: &mut database::Connection,
    caller: &accounts::Caller,
    id: BookingId,
) -> Answer<Booking> {
    let seen = load_visible(connection, caller, id).await?;
    if seen.side == booking_workflow::BookingSide::Customer {
        Ok(seen.booking)
    } else {
        Err(BookingsError::NotFound.into())
    }
}

/// Where the payer goes after an attempt.
pub(super) fn next(site: &Site, booking: BookingId, payment: &Payment) -> String {
    if payment.intent.state == IntentState::Settled {
        return links::booking(booking);
    }
    match last_by_card(payment) {
        Some(Leg { state: LegState::ActionRequired, action_url: Some(url), .. }) => here(site, url),
        Some(Leg { state: LegState::Failed | LegState::Void, .. }) => links::checkout(booking),
        _ => links::booking(booking),
    }
}

/// An address as this browser has it, where it is one of our own.
pub(crate) fn here(site: &Site, url: &str) -> String {
    site.settings.own_path(url).unwrap_or(url).to_owned()
}

fn is_undecided(leg: &Leg) -> bool {
    leg.is_under_way() && (matches!(leg.state, LegState::Created | LegState::Processing) || leg.is_authorised())
}

/// Why the last attempt failed, if it did.
fn last_problem(payment: &Payment) -> Option<String> {
    let came_off = payment.legs_that_came_off().next().is_some();
    let leg = last_by_card(payment)
        .filter(|leg| leg.state == LegState::Failed || (came_off && leg.state == LegState::Void))?;
    let code = if leg.state == LegState::Void { Some("authorisation_lapsed") } else { leg.failure_code.as_deref() };
    let then = if came_off {
        "What you had applied came off, so the whole price is due again: put it back on, or pay all of it by card."
    } else {
        "Try again, or another card."
    };
    Some(format!("{} Nothing was charged, and the booking is still held for you. {then}", declined(code)))
}

fn last_by_card(payment: &Payment) -> Option<&Leg> {
    payment.legs.iter().rfind(|leg| !leg.method.is_stored())
}

/// What the bank said, in words.
pub(crate) fn declined(failure_code: Option<&str>) -> &'static str {
    match failure_code {
        Some("insufficient_funds") => "Your bank declined the card: there is not enough money on it.",
        Some("authentication_failed") => "You told your bank not to pay.",
        Some("invalid_number") => "The sandbox does not know this number; it takes only those listed below.",
        Some("other_amount") => "The bank took another amount than it should have, and it went back at once.",
        Some("capture_declined" | "authorisation_lapsed") => "Your bank set the money aside and then did not give it.",
        Some("no_answer") => "The bank never heard of the payment.",
        _ => "Your bank declined the card.",
    }
}

/// The page as it stands now, with an answer's status and the form that it is about.
pub(super) async fn again(
    site: &Site,
    frame: &Frame,
    caller: &accounts::Caller,
    id: BookingId,
    (status, form): (StatusCode, Form),
) -> Answer<Response> {
    let mut connection = site.database.acquire().await?;
    let booking = &own(&mut connection, caller, id).await?;
    let payment = payment_of(&mut connection, id).await?;
    let payment = payment.as_ref();
    if booking.status != Status::AwaitingPayment {
        return Ok(Redirect::to(&links::booking(booking.id)).into_response());
    }
    let (yours, now) = (frame.yours(), site.clock.now());
    let tender = tender_of(&mut connection, caller, id, booking.terms.total(), payment, (yours, now)).await?;
    let cards = catalog::queries::cards(&mut connection, &[booking.celebrity]).await?;
    let viewer = Viewer::Customer;
    let shown = BookingPresenter { booking, card: cards.first(), viewer, customer: None, yours, now };
    let is_processing = payment.is_some_and(|payment| payment.legs.iter().any(is_undecided));
    let at_bank = payment.and_then(asked_by_bank).map(|url| here(site, &url));
    let page = Pay::of(&shown, is_processing, at_bank, tender, test_cards(site), form);
    frame.answer_as(status, &page)
}

impl Pay {
    fn of(
        shown: &BookingPresenter<'_>,
        is_processing: bool,
        at_bank: Option<String>,
        tender: Tender,
        test_cards: &[payment_workflow::TestCard],
        form: Form,
    ) -> Self {
        let booking = shown.booking;
        let state = match shown.is_payable() {
            _ if is_processing => PayState::Processing,
            true => PayState::Open,
            false => PayState::Lapsed,
        };
        Self {
            booking: shown.card(),
            action: links::checkout(booking.id),
            total: booking.terms.total().to_string(),
            expected_minor: tender.due_minor.unwrap_or(booking.terms.total().amount_minor),
            lines: shown.lines(&tender.lines(), None),
            policy: shown.policy(),
            takes_time: booking.terms.time.is_some(),
            hold_expires_at: booking.hold_expires_at.map(free_times::instant),
            hold_until: booking.hold_expires_at.map(|until| format::until(until, shown.yours, shown.now)),
            at_bank,
            claim: links::claim_then(&links::checkout(booking.id)),
            again: links::book(booking.offering),
            tender,
            form,
            test_cards: lines_of(test_cards),
            state,
        }
    }
}

/// The bank's page that authenticates the payer, if a leg waits for that.
fn asked_by_bank(payment: &Payment) -> Option<String> {
    payment.legs.iter().find(|leg| leg.is_under_way() && leg.state == LegState::ActionRequired)?.action_url.clone()
}

/// The sandbox's numbers, for people who try the checkout.
pub(crate) fn lines_of(cards: &[payment_workflow::TestCard]) -> Vec<TestCardLine> {
    let line = |card: &payment_workflow::TestCard| TestCardLine {
        number: grouped(card.number),
        outcome: card.label.to_owned(),
    };
    cards.iter().map(line).collect()
}

/// `4242 4242 4242 4242`
fn grouped(number: &str) -> String {
    number.as_bytes().chunks(4).map(String::from_utf8_lossy).collect::<Vec<_>>().join(" ")
}

impl Template for Pay {
    const TEMPLATE: &'static str = "pages/checkout/pay.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let card = |number, scenario, label| payment_workflow::TestCard { number, scenario, label };
        let cards = [
            card("4242424242424242", "success", "Pays at once"),
            card("4000000000009995", "insufficient_funds", "Has not enough money on it"),
        ];
        let drawn = |booking: &Booking, is_processing, at_bank: Option<&str>, tender, form| {
            let shown = samples::presented(booking);
            let page = Self::of(&shown, is_processing, at_bank.map(str::to_owned), tender, &cards, form);
            Self { booking: BookingCard { portrait: samples::portrait(2), ..page.booking }, ..page }
        };
        let page = |booking: &Booking, is_processing, at_bank, form| {
            drawn(booking, is_processing, at_bank, Tender::default(), form)
        };
        let (held, lapsed, none) = (samples::held(), samples::lapsed(), Form::default);
        let not_given = Form { problem: Some(declined(Some("capture_declined")).to_owned()), ..none() };
        let declined = Form { problem: Some(declined(Some("insufficient_funds")).to_owned()), ..none() };
        let faulty = Form::with([("number", "4242".to_owned())])
            .fault("number", "This is not a whole card number: it has 4 of 16 digits.");
        let part = |leg: &str, label: &str, amount: &str| AppliedPart {
            leg: leg.to_owned(),
            label: label.to_owned(),
            amount: amount.to_owned(),
        };
        let value = |gift_card: Option<&str>, label: &str, left: &str| UsableValue {
            gift_card: gift_card.map(str::to_owned),
            label: label.to_owned(),
            left: left.to_owned(),
        };
        let applied = vec![part("1", "Gift card ending in 7K2M", "$500.00"), part("2", "Your credit", "$40.00")];
        let usable = vec![value(Some("3"), "Gift card ending in Q9XD", "$120.00")];
        let tender = Tender { applied, usable, remaining: Some("$615.00".to_owned()), ..Tender::default() };
        let off = Tender {
            came_off: vec![part("1", "Gift card ending in 7K2M", "$500.00"), part("2", "Your credit", "$40.00")],
            usable: vec![value(Some("3"), "Gift card ending in 7K2M", "$500.00"), value(None, "Your credit", "$40.00")],
            ..Tender::default()
        };
        let covered = Tender {
            applied: vec![part("1", "Gift card ending in 7K2M", "$1,155.00")],
            remaining: Some("$0.00".to_owned()),
            is_covered: true,
            ..Tender::default()
        };
        let with = |tender| drawn(&held, false, None, tender, none());
        vec![
            ("open", page(&held, false, None, none())),
            ("applied", with(tender)),
            ("covered", with(covered)),
            ("came-off", drawn(&held, false, None, off, not_given)),
            ("declined", page(&held, false, None, declined)),
            ("faulty", page(&held, false, None, faulty)),
            ("lapsed", page(&lapsed, false, None, none())),
            ("processing", page(&held, true, None, none())),
            ("at-the-bank", page(&held, false, Some("/sandbox/cards/1"), none())),
        ]
    }
}
