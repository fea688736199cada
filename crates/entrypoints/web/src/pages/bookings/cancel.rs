//! `GET /bookings/{id}/cancellation`: the exact refund, before the click.

use std::collections::HashMap;

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use bookings::{BookingsError, CancellationRefund, CancelledBy, PaymentStatus};
use chrono::TimeDelta;
use entry::{Answer, Path, SignedIn, Site};
use http::StatusCode;
use kernel::{BookingId, GiftCardId, LegId, Money};
use payments::{PaymentMethod, RefundChoice};
use serde::{Deserialize, Serialize};
use workflows::WorkflowError;
use workflows::booking::{self as booking_workflow, ShownParts, load_visible, preview_cancellation, refund_parts_for};
use workflows::payment::{RefundPart, RefundWay};

use super::cards;
use crate::kit::extract::Posted;
use crate::kit::frame::Frame;
use crate::kit::render::Template;
use crate::views::gift_card::told_apart;
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
    /// What of it we pay; the rest is with the customer already, from their bank, which took the payment back.
    pub owed: Option<String>,
    pub from_bank: Option<String>,
    /// Whether anything was paid at all.
    pub is_paid: bool,
    /// Whether the refund is full.
    pub is_full: bool,
    pub lines: Vec<MoneyLine>,
    /// What the customer may choose, where some of the refund can become credit.
    pub choice: Option<CreditChoice>,
    /// Why it is this much.
    pub reason: String,
    pub problem: Option<String>,
}

/// The two ways that a refund may go.
#[derive(Debug, Serialize)]
pub(crate) struct CreditChoice {
    /// What becomes credit if the customer wants it so.
    pub credit: String,
    pub as_paid: Vec<MoneyLine>,
    pub as_credit: Vec<MoneyLine>,
    pub is_credit: bool,
}

/// What the form sends.
#[derive(Debug, Deserialize)]
pub(crate) struct Agreed {
    expected_minor: i64,
    #[serde(default)]
    refund_to: RefundChoice,
}

/// `GET /bookings/{id}/cancellation`
pub(crate) async fn show(
    State(site): State<Site>,
    frame: Frame,
    SignedIn(caller): SignedIn,
    Path(id): Path<BookingId>,
) -> Answer<Response> {
    draw(&site, &frame, &caller, id, RefundChoice::AsPaid, None).await
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
    match booking_workflow::cancel(&site, &mut tx, &caller, id, agreed.expected_minor, agreed.refund_to).await {
        Ok(_) => tx.commit().await?,
        Err(WorkflowError::Bookings(BookingsError::RefundChanged { .. })) => {
            drop(tx);
            let problem = "The refund has changed since you saw it, because time has passed. This is what it is now.";
            return draw(&site, &frame, &caller, id, agreed.refund_to, Some(problem.to_owned())).await;
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
    chosen: RefundChoice,
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
    let parts = refund_parts_for(&mut connection, &seen, refund.total, site.clock.now()).await?;
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
    let names = names_of(&mut connection, &parts, &shown).await?;
    let status = if problem.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
    frame.answer_as(status, &Cancel::of(&shown, &refund, (&parts, &names), chosen, problem))
}

/// What each gift card that gets something back is called, so that they can be told apart.
type CardNames = HashMap<GiftCardId, String>;

async fn names_of(
    connection: &mut database::Connection,
    parts: &ShownParts,
    shown: &BookingPresenter<'_>,
) -> Answer<CardNames> {
    let card_of = |part: &RefundPart| match part.way {
        RefundWay::GiftCard { id, .. } => Some(id),
        _ => None,
    };
    let ids: Vec<_> = parts.as_paid.iter().filter_map(card_of).collect();
    let cards = gift_cards::queries::cards_by_id(connection, &ids).await?;
    Ok(cards.into_iter().map(|(id, seen)| (id, told_apart(&seen, shown.yours, shown.now))).collect())
}

impl Cancel {
    fn of(
        shown: &BookingPresenter<'_>,
        refund: &CancellationRefund,
        (parts, names): (&ShownParts, &CardNames),
        chosen: RefundChoice,
        problem: Option<String>,
    ) -> Self {
        let booking = shown.booking;
        let (paid, is_paid) = (booking.terms.total(), booking.payment_status == PaymentStatus::Paid);
        let from_bank = sum_of(refund, &parts.as_paid, &RefundWay::ByBank);
        let owed = Money::new(refund.total.amount_minor - from_bank.amount_minor, refund.total.currency);
        let some = |amount: Money| (amount.amount_minor > 0).then(|| amount.to_string());
        Self {
            booking: shown.card(),
            action: links::cancellation(booking.id),
            expected_minor: refund.total.amount_minor,
            refund: refund.total.to_string(),
            owed: if is_paid { some(owed) } else { None },
            from_bank: some(from_bank),
            is_paid,
            is_full: refund.total.amount_minor == paid.amount_minor,
            lines: if is_paid { lines(paid, refund, parts, names) } else { Vec::new() },
            choice: parts.as_credit.as_deref().map(|as_credit| CreditChoice {
                credit: sum_of(refund, as_credit, &RefundWay::Kept).to_string(),
                as_paid: part_lines(&parts.as_paid, names),
                as_credit: part_lines(as_credit, names),
                is_credit: chosen == RefundChoice::Credit,
            }),
            reason: reason(shown, refund, is_paid),
            problem,
        }
    }
}

/// Where the customer has a choice, the parts are listed beside that choice, and not here.
fn lines(paid: Money, refund: &CancellationRefund, parts: &ShownParts, cards: &CardNames) -> Vec<MoneyLine> {
    let kept = Money::new(paid.amount_minor - refund.total.amount_minor, paid.currency);
    let mut lines = vec![line("Paid", paid, false), line("Kept", kept, false)];
    if parts.as_credit.is_none() {
        lines.extend(part_lines(&parts.as_paid, cards));
    }
    lines.push(line("Paid back", refund.total, true));
    lines
}

fn line(label: &str, amount: Money, is_sum: bool) -> MoneyLine {
    MoneyLine { label: label.to_owned(), amount: amount.to_string(), is_sum }
}

fn part_lines(parts: &[RefundPart], cards: &CardNames) -> Vec<MoneyLine> {
    parts.iter().map(|part| line(&way(part, cards), part.amount, false)).collect()
}

/// The sum of the parts that go this way.
fn sum_of(refund: &CancellationRefund, parts: &[RefundPart], way: &RefundWay) -> Money {
    let of_way = parts.iter().filter(|part| part.way == *way);
    Money::new(of_way.map(|part| part.amount.amount_minor).sum(), refund.total.currency)
}

/// `Back to the gift card ending in 7K2M`
fn way(part: &RefundPart, cards: &CardNames) -> String {
    match &part.way {
        RefundWay::AsPaid => "Back to the bank card".to_owned(),
        RefundWay::ByBank => "Paid back by the bank already".to_owned(),
        RefundWay::Credit => "Back to your credit".to_owned(),
        RefundWay::Kept if part.method == PaymentMethod::GiftCard => "From the gift card, as credit".to_owned(),
        RefundWay::Kept => "From the bank card, as credit".to_owned(),
        RefundWay::GiftCard { id, .. } => match cards.get(id) {
            Some(name) => format!("Back to the gift card {name}"),
            None => "Back to the gift card".to_owned(),
        },
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
        let page = |now, from_card: bool, by_bank: bool| {
            let shown = BookingPresenter { now, ..samples::presented(&confirmed) };
            let refund = confirmed.refund(CancelledBy::Customer, now);
            let part = |method, minor, way| RefundPart {
                leg: LegId(uuid::Uuid::nil()),
                method,
                amount: Money::new(minor, refund.total.currency),
                way,
            };
            let on_cards = if from_card { 5_000 } else { 0 };
            let way = if by_bank { RefundWay::ByBank } else { RefundWay::AsPaid };
            let by_card = part(PaymentMethod::Card, refund.total.amount_minor - on_cards, way);
            let gift = RefundWay::GiftCard { id: GiftCardId(uuid::Uuid::nil()), last_group: Some("7K2M".to_owned()) };
            let kept = RefundPart { way: RefundWay::Kept, ..by_card.clone() };
            let gift = part(PaymentMethod::GiftCard, on_cards, gift);
            let parts = match from_card {
                true => ShownParts { as_paid: vec![by_card, gift.clone()], as_credit: Some(vec![kept, gift]) },
                false => ShownParts { as_paid: vec![by_card], as_credit: None },
            };
            let names = CardNames::from([(GiftCardId(uuid::Uuid::nil()), "ending in 7K2M".to_owned())]);
            let page = Self::of(&shown, &refund, (&parts, &names), RefundChoice::AsPaid, None);
            Self { booking: BookingCard { portrait: samples::portrait(2), ..page.booking }, ..page }
        };
        // Another week later half of the price comes back.
        vec![
            ("full", page(samples::now(), false, false)),
            ("half", page(samples::now() + TimeDelta::days(7), false, false)),
            ("parts", page(samples::now(), true, false)),
            ("charged-back", page(samples::now(), false, true)),
        ]
    }
}
