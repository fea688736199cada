//! `GET /bookings/{id}`: what was agreed, what happens when, and the money.

use axum::extract::State;
use axum::response::Response;
use bookings::queries::{self, Timeline};
use bookings::{Booking, PaymentStatus, Status};
use chrono::{DateTime, TimeDelta, Utc};
use entry::{Answer, Path, SignedIn, Site};
use kernel::{BookingId, Money};
use payments::queries::payment_of;
use payments::{LegState, Payment};
use serde::Serialize;
use site::links;
use workflows::booking as booking_workflow;
use workflows::payment as payment_workflow;

use crate::kit::format;
use crate::kit::frame::Frame;
use crate::kit::render::Page;
use crate::views::booking::{self as booking_view, Shown, Side};
use crate::views::{BookingCard, LinkView, MomentView, MoneyLine, samples};

/// How long a confirmation counts as news.
const NEWS: TimeDelta = TimeDelta::minutes(10);

/// For so long the page looks again by itself for a refund; a provider that takes longer takes days.
const REFUND_WATCHED: TimeDelta = TimeDelta::minutes(1);

#[derive(Debug, Serialize)]
pub(crate) struct Show {
    pub booking: BookingCard,
    pub profile: String,
    pub moments: Vec<MomentView>,
    /// Whose clock the moments are on: `New York`.
    pub clock: String,
    pub lines: Vec<MoneyLine>,
    pub brief: String,
    pub policy: String,
    pub calendar: Option<String>,
    pub cancel: Option<String>,
    /// What just happened, or what to know now.
    pub notice: Option<Notice>,
    /// Whether a provider is still at work, so that looking again makes sense.
    pub is_waiting: bool,
}

/// A sentence over the page.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Notice {
    /// `ok`, `wait` or `bad`.
    pub tone: &'static str,
    pub text: String,
}

/// `GET /bookings/{id}`
pub(crate) async fn show(
    State(site): State<Site>,
    frame: Frame,
    SignedIn(caller): SignedIn,
    Path(id): Path<BookingId>,
) -> Answer<Response> {
    let mut connection = site.database.acquire().await?;
    let mut seen = booking_workflow::see(&mut connection, &caller, id).await?;
    let sees_money = matches!(seen.side, booking_workflow::Side::Customer | booking_workflow::Side::Staff);
    let mut payment = if sees_money { payment_of(&mut connection, id).await? } else { None };
    // Whoever looks again wants to know how it stands now, not how it stood.
    if let Some(open) = payment.as_ref().filter(|payment| is_undecided(payment)) {
        drop(connection);
        payment = Some(payment_workflow::refresh(&site, open.intent.id).await?);
        connection = site.database.acquire().await?;
        seen.booking = queries::booking(&mut connection, id).await?;
    }
    let booking = &seen.booking;
    let Timeline { history, deadlines } = queries::timeline(&mut connection, id).await?;
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
    let can_cancel = booking_workflow::preview_cancellation(&seen, &caller, shown.now).is_ok();
    let is_undecided = payment.as_ref().is_some_and(is_undecided) && booking.status == Status::AwaitingPayment;
    let is_waiting = is_undecided || goes_back_now(booking, shown.now);
    let at_bank = payment.as_ref().filter(|_| side == Side::Customer && shown.is_payable()).and_then(asked_by_bank);
    let has_file = booking.terms.time.is_some() && matches!(booking.status, Status::Confirmed | Status::InProgress);
    frame.answer(&Show {
        profile: cards.first().map(|card| links::celebrity(&card.slug)).unwrap_or_default(),
        moments: shown.moments(&history, &deadlines),
        clock: format::city_of(shown.yours),
        lines: shown.lines(payment.as_ref().and_then(refunded)),
        policy: shown.policy(),
        calendar: has_file.then(|| links::calendar_file(id)),
        cancel: can_cancel.then(|| links::cancellation(id)),
        notice: (side == Side::Customer).then(|| notice(&shown, is_undecided)).flatten(),
        is_waiting,
        // Nobody is asked to pay again while the bank thinks, or asks.
        booking: BookingCard { next: at_bank.or(shown.card().next).filter(|_| !is_undecided), ..shown.card() },
        brief: booking.brief.clone(),
    })
}

/// Whether only the provider knows how the payment stands.
fn is_undecided(payment: &Payment) -> bool {
    let is_undecided = |state| matches!(state, LegState::Created | LegState::Processing);
    payment.legs.iter().any(|leg| leg.is_under_way() && is_undecided(leg.state))
}

/// The way to the bank that asks whether it is really them.
fn asked_by_bank(payment: &Payment) -> Option<LinkView> {
    let leg = payment.legs.iter().find(|leg| leg.is_under_way() && leg.state == LegState::ActionRequired)?;
    leg.action_url.as_ref().map(|url| LinkView::to("Confirm with your bank", url.clone()))
}

/// Whether a refund is likely to arrive while somebody looks.
fn goes_back_now(booking: &Booking, now: DateTime<Utc>) -> bool {
    booking.payment_status == PaymentStatus::Refunding && now - booking.updated_at < REFUND_WATCHED
}

/// What has gone back, if anything did.
fn refunded(payment: &Payment) -> Option<Money> {
    let minor: i64 = payment.legs.iter().map(|leg| leg.refunded_minor).sum();
    (minor > 0).then(|| Money::new(minor, payment.intent.due.currency))
}

/// What to know before anything else.
fn notice(shown: &Shown<'_>, is_undecided: bool) -> Option<Notice> {
    let booking = shown.booking;
    let name = shown.card.map_or("the celebrity", |card| card.stage_name.as_str());
    let (tone, text) = match (booking.status, booking.payment_status) {
        _ if is_undecided => (
            "wait",
            "Your bank is still thinking. The time stays yours meanwhile; nothing is charged twice.".to_owned(),
        ),
        (Status::AwaitingPayment, _) if !shown.is_payable() => {
            ("bad", "The time was held for you, but not paid in time. Nothing was charged.".to_owned())
        }
        (Status::Expired, PaymentStatus::Refunding | PaymentStatus::Refunded) => (
            "bad",
            "Your payment came too late for this time: it had begun, or was somebody else's by then. All of it goes back to your card.".to_owned(),
        ),
        (Status::Expired, _) => ("bad", "It was not paid in time, so the time is free again. Nothing was charged.".to_owned()),
        (Status::Confirmed, _) if is_news(booking, shown.now) => (
            "ok",
            format!("Paid and confirmed. We have told {name}; a mail with all of this is on its way to you."),
        ),
        (Status::Cancelled, PaymentStatus::Refunding) => {
            ("wait", "The refund is on its way to the card it came from.".to_owned())
        }
        (Status::Cancelled, PaymentStatus::Refunded | PaymentStatus::PartlyRefunded) => {
            ("ok", "The refund has gone to the card it came from. Banks take up to ten days to show it.".to_owned())
        }
        _ => return None,
    };
    Some(Notice { tone, text })
}

fn is_news(booking: &Booking, now: DateTime<Utc>) -> bool {
    booking.confirmed_at.is_some_and(|at| now - at < NEWS)
}

fn moments(done: usize) -> Vec<MomentView> {
    let all = [
        ("Booked and held", Some("by you"), "24 Nov, 14:17"),
        ("Paid $1,155.00", Some("card ending 4242"), "24 Nov, 14:19"),
        ("Confirmed", None, "24 Nov, 14:19"),
        ("Free cancellation ends, then nothing is paid back", None, "7 Dec, 20:00"),
        ("Juno Park is with you", Some("20:00 in Lisbon · 21:00 for you"), "12 Dec, 20:00"),
        ("Completed, unless you tell us otherwise", None, "15 Dec, 20:40"),
    ];
    let state = |index: usize| {
        if index < done {
            "done"
        } else if index == done {
            "next"
        } else {
            "later"
        }
    };
    all.into_iter()
        .enumerate()
        .map(|(index, (label, note, when))| MomentView {
            label: label.to_owned(),
            note: note.map(str::to_owned),
            when: when.to_owned(),
            state: state(index),
        })
        .collect()
}

impl Show {
    fn sample(label: &'static str, tone: &'static str, done: usize, notice: Option<Notice>) -> Self {
        let is_confirmed = label == "Confirmed";
        Self {
            booking: samples::booking(label, tone, (label == "Held for you").then_some("Pay $1,155.00")),
            profile: "/celebrities/juno-park".to_owned(),
            moments: moments(done),
            clock: "Berlin".to_owned(),
            lines: samples::sums(),
            brief: "We open our studio that evening, about 80 guests. There is a small stage and an upright piano, tuned last week.".to_owned(),
            policy: "Free cancellation until Mon 7 December, 20:00. After that nothing is paid back.".to_owned(),
            calendar: is_confirmed.then(|| "/api/bookings/1/calendar.ics".to_owned()),
            cancel: is_confirmed.then(|| "/bookings/1/cancellation".to_owned()),
            notice,
            is_waiting: false,
        }
    }
}

impl Page for Show {
    const TEMPLATE: &'static str = "pages/bookings/show.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let paid = Notice {
            tone: "ok",
            text: "Paid and confirmed. We have told Juno Park; a mail with all of this is on its way to you."
                .to_owned(),
        };
        let thinking = Notice {
            tone: "wait",
            text: "Your bank is still thinking. The time stays yours meanwhile; nothing is charged twice.".to_owned(),
        };
        vec![
            ("confirmed", Self::sample("Confirmed", "ok", 3, Some(paid))),
            ("held", Self::sample("Held for you", "wait", 1, None)),
            ("processing", Self { is_waiting: true, ..Self::sample("Held for you", "wait", 1, Some(thinking)) }),
            ("cancelled", Self::sample("Cancelled by you", "bad", 3, None)),
            (
                "talent",
                Self { booking: samples::booked_by("Confirmed", "ok"), ..Self::sample("Confirmed", "ok", 3, None) },
            ),
        ]
    }
}
