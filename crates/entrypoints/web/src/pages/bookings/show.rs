//! `GET /bookings/{id}`: what was agreed, what happens when, and the money.

use axum::extract::State;
use axum::response::Response;
use bookings::queries::{self, HistoryLine, Timeline};
use bookings::{Booking, PaymentStatus, Status};
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use entry::{Answer, Path, SignedIn, Site};
use gift_cards::SeenCard;
use kernel::{BookingId, Money};
use payments::queries::payment_of;
use payments::{LegState, Payment};
use serde::Serialize;
use site::links;
use workflows::booking as booking_workflow;
use workflows::payment::card_of;

use super::cards;
use crate::kit::format;
use crate::kit::frame::Frame;
use crate::kit::render::Template;
use crate::pages::checkout::choice::label_of;
use crate::views::{BookingCard, BookingPresenter, LinkView, MomentView, MoneyLine, Viewer, samples};

/// How long a confirmation counts as news.
const NEWS: TimeDelta = TimeDelta::minutes(10);

/// How long the page reloads itself while a refund is pending; a provider that takes longer takes days.
const REFUND_WATCHED: TimeDelta = TimeDelta::minutes(1);

#[derive(Debug, Serialize)]
pub(crate) struct Show {
    pub booking: BookingCard,
    /// None when the profile is not public any more.
    pub profile: Option<String>,
    pub moments: Vec<MomentView>,
    /// Whose clock the moments are on: `New York`.
    pub clock: String,
    pub lines: Vec<MoneyLine>,
    pub brief: String,
    pub policy: String,
    pub calendar: Option<String>,
    pub cancel: Option<String>,
    /// Where our staff ask for a refund beyond the policy.
    pub beyond: Option<String>,
    /// The most important message, if any.
    pub notice: Option<Notice>,
    /// Whether a result of the provider is pending, so that the page reloads itself.
    pub is_waiting: bool,
}

/// A message at the top of the page.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Notice {
    /// `ok`, `wait` or `bad`.
    pub tone: &'static str,
    pub text: String,
}

/// What the page shows of a payment.
#[derive(Debug, Clone, Default)]
struct PaymentGlance {
    /// Whether its result is not known yet.
    is_undecided: bool,
    /// The way to the bank that asks whether it is really them.
    at_bank: Option<LinkView>,
    /// What was paid, part by part: with what, and how much.
    paid: Vec<(String, Money)>,
    /// What is still to pay; none once something went back.
    missing: Option<Money>,
    /// The refunded sum, if any.
    refunded: Option<Money>,
}

/// `GET /bookings/{id}`
pub(crate) async fn show(
    State(site): State<Site>,
    frame: Frame,
    SignedIn(caller): SignedIn,
    Path(id): Path<BookingId>,
) -> Answer<Response> {
    let mut connection = site.database.acquire().await?;
    let seen = booking_workflow::load_visible(&mut connection, &caller, id).await?;
    let sees_money =
        matches!(seen.side, booking_workflow::BookingSide::Customer | booking_workflow::BookingSide::Staff);
    // Looking changes nothing: a job asks the provider for a result that is not known yet.
    let payment = if sees_money { payment_of(&mut connection, id).await? } else { None };
    let booking = &seen.booking;
    let timeline = queries::timeline(&mut connection, id).await?;
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
    let can_cancel = booking_workflow::preview_cancellation(&seen, &caller, shown.now).is_ok();
    let glance = match &payment {
        Some(payment) => PaymentGlance::of(payment, &cards_of(&mut connection, payment).await?, shown.yours, shown.now),
        None => PaymentGlance::default(),
    };
    frame.answer(&Show::of(&shown, &timeline, glance, can_cancel))
}

impl Show {
    fn of(shown: &BookingPresenter<'_>, timeline: &Timeline, payment: PaymentGlance, can_cancel: bool) -> Self {
        let booking = shown.booking;
        let is_undecided = payment.is_undecided && booking.status == Status::AwaitingPayment;
        let lines = shown.lines(&payment.lines(), payment.refunded);
        let at_bank = payment.at_bank.filter(|_| shown.viewer == Viewer::Customer && shown.is_payable());
        let has_file = booking.terms.time.is_some() && matches!(booking.status, Status::Confirmed | Status::InProgress);
        let card = shown.card();
        Self {
            profile: shown.card.map(|card| links::celebrity(&card.slug)),
            moments: shown.moments(&timeline.history, &timeline.deadlines),
            clock: format::city_of(shown.yours),
            lines,
            policy: match shown.viewer {
                Viewer::Talent => format!("The customer's terms: {}", shown.policy()),
                _ => shown.policy(),
            },
            calendar: has_file.then(|| links::calendar_file(booking.id)),
            cancel: can_cancel.then(|| links::cancellation(booking.id)),
            beyond: (shown.viewer == Viewer::Staff && booking.is_settled()).then(|| links::staff_refund_of(booking.id)),
            notice: (shown.viewer == Viewer::Customer).then(|| notice(shown, is_undecided)).flatten(),
            is_waiting: is_undecided || goes_back_now(booking, shown.now),
            // No second payment is offered while the result is pending or the bank authenticates the payer.
            booking: BookingCard { next: at_bank.or(card.next).filter(|_| !is_undecided), ..card },
            brief: booking.brief.clone(),
        }
    }
}

/// The gift cards that a payment was made with.
async fn cards_of(connection: &mut database::Connection, payment: &Payment) -> Answer<Vec<SeenCard>> {
    let ids: Vec<_> = payment.legs.iter().filter(|leg| leg.applied_minor() > 0).filter_map(card_of).collect();
    Ok(gift_cards::queries::cards_by_id(connection, &ids).await?.into_values().collect())
}

impl PaymentGlance {
    fn of(payment: &Payment, cards: &[SeenCard], yours: Tz, now: DateTime<Utc>) -> Self {
        let money = |minor| Money::new(minor, payment.intent.due.currency);
        let parts = payment.legs.iter().filter(|leg| leg.applied_minor() > 0);
        let paid: Vec<_> = parts.map(|leg| (label_of(leg, cards, yours, now), money(leg.applied_minor()))).collect();
        let refunded = refunded(payment);
        Self {
            is_undecided: is_undecided(payment),
            at_bank: asked_by_bank(payment),
            missing: (!paid.is_empty() && refunded.is_none()).then(|| money(payment.missing_minor().max(0))),
            paid,
            refunded,
        }
    }

    /// What was paid and is left to pay, below the total; nothing of a booking that nothing was paid of.
    fn lines(&self) -> Vec<MoneyLine> {
        let line = |label: &str, amount: Money, is_sum| MoneyLine {
            label: label.to_owned(),
            amount: amount.to_string(),
            is_sum,
        };
        let paid =
            self.paid.iter().map(|(label, part)| line(label, Money::new(-part.amount_minor, part.currency), false));
        paid.chain(self.missing.map(|missing| line("Still to pay", missing, true))).collect()
    }
}

/// Whether the payment's result is not known yet.
fn is_undecided(payment: &Payment) -> bool {
    let is_undecided = |state| matches!(state, LegState::Created | LegState::Processing);
    payment.legs.iter().any(|leg| leg.is_under_way() && is_undecided(leg.state))
}

/// The way to the bank that asks whether it is really them.
fn asked_by_bank(payment: &Payment) -> Option<LinkView> {
    let leg = payment.legs.iter().find(|leg| leg.is_under_way() && leg.state == LegState::ActionRequired)?;
    leg.action_url.as_ref().map(|url| LinkView::to("Confirm with your bank", url.clone()))
}

/// Whether a pending refund will probably arrive while the page is open.
fn goes_back_now(booking: &Booking, now: DateTime<Utc>) -> bool {
    booking.payment_status == PaymentStatus::Refunding && now - booking.updated_at < REFUND_WATCHED
}

/// What has gone back, if anything did.
fn refunded(payment: &Payment) -> Option<Money> {
    let minor: i64 = payment.legs.iter().map(|leg| leg.refunded_minor).sum();
    (minor > 0).then(|| Money::new(minor, payment.intent.due.currency))
}

/// The most important message, if any.
fn notice(shown: &BookingPresenter<'_>, is_undecided: bool) -> Option<Notice> {
    let booking = shown.booking;
    let takes_time = booking.terms.time.is_some();
    let name = shown.card.map_or("the celebrity", |card| card.stage_name.as_str());
    let (tone, text) = match (booking.status, booking.payment_status) {
        _ if is_undecided => (
            "wait",
            "Your bank is still thinking. The booking stays held for you meanwhile; nothing is charged twice."
                .to_owned(),
        ),
        (Status::AwaitingPayment, _) if !shown.is_payable() => {
            ("bad", "It was held for you, but not paid in time. Nothing was charged.".to_owned())
        }
        (Status::Expired, PaymentStatus::Refunding | PaymentStatus::Refunded) => (
            "bad",
            format!(
                "Your payment came too late{}. All of it goes back to your card.",
                if takes_time { " for this time: it had begun, or was somebody else's by then" } else { "" }
            ),
        ),
        (Status::Expired, PaymentStatus::None) => ("bad", "It was not agreed in time. Nothing was charged.".to_owned()),
        (Status::Expired, _) => (
            "bad",
            format!(
                "It was not paid in time{}. Nothing was charged.",
                if takes_time { ", so the time is free again" } else { "" }
            ),
        ),
        (Status::Confirmed, _) if is_news(booking, shown.now) => {
            ("ok", format!("Paid and confirmed. We have told {name}; a mail with all of this is on its way to you."))
        }
        (Status::Cancelled, PaymentStatus::Refunding) => ("wait", "The refund is on its way back to you.".to_owned()),
        (Status::Cancelled, PaymentStatus::Refunded | PaymentStatus::PartlyRefunded) => {
            ("ok", "The refund is done. Banks take up to ten days to show what went to a card.".to_owned())
        }
        _ => return None,
    };
    Some(Notice { tone, text })
}

fn is_news(booking: &Booking, now: DateTime<Utc>) -> bool {
    booking.confirmed_at.is_some_and(|at| now - at < NEWS)
}

impl Template for Show {
    const TEMPLATE: &'static str = "pages/bookings/show.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |shown: &BookingPresenter<'_>, history: Vec<HistoryLine>, payment, can_cancel| {
            let timeline = Timeline { history, deadlines: samples::deadlines(shown.booking) };
            let page = Self::of(shown, &timeline, payment, can_cancel);
            Self { booking: BookingCard { portrait: samples::portrait(2), ..page.booking }, ..page }
        };
        let (held, confirmed, cancelled) = (samples::held(), samples::confirmed(), samples::cancelled());
        let (lapsed, video) = (samples::lapsed(), samples::for_a_video(samples::confirmed()));
        let expired = Booking { status: Status::Expired, ..samples::lapsed() };
        let placed = || samples::history().into_iter().take(1).collect();
        let nothing = PaymentGlance::default;
        let thinking = PaymentGlance { is_undecided: true, ..nothing() };
        let paid = || {
            let of_card = Money::new(10_000, confirmed.terms.total().currency);
            let rest = Money::new(confirmed.terms.total().amount_minor - 10_000, of_card.currency);
            let parts = vec![("Gift card ending in 7KQ2".to_owned(), of_card), ("Bank card".to_owned(), rest)];
            PaymentGlance { paid: parts, missing: Some(Money::new(0, of_card.currency)), ..nothing() }
        };
        let back = PaymentGlance { refunded: Some(cancelled.terms.total()), ..nothing() };
        vec![
            ("confirmed", page(&samples::presented(&confirmed), samples::history(), paid(), true)),
            ("held", page(&samples::presented(&held), placed(), nothing(), false)),
            ("processing", page(&samples::presented(&held), placed(), thinking, false)),
            ("cancelled", page(&samples::presented(&cancelled), samples::called_off(), back, false)),
            ("lapsed", page(&samples::presented(&lapsed), placed(), nothing(), false)),
            ("expired", page(&samples::presented(&expired), placed(), nothing(), false)),
            ("video", page(&samples::presented(&video), samples::history(), nothing(), true)),
            (
                "hidden-profile",
                page(
                    &BookingPresenter { card: None, ..samples::presented(&confirmed) },
                    samples::history(),
                    nothing(),
                    true,
                ),
            ),
            ("talent", page(&samples::seen_by_talent(&confirmed), samples::history(), nothing(), true)),
            (
                "staff",
                page(
                    &BookingPresenter { viewer: Viewer::Staff, ..samples::presented(&cancelled) },
                    samples::called_off(),
                    nothing(),
                    false,
                ),
            ),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(booking: &Booking) -> String {
        notice(&samples::presented(booking), false).map(|notice| notice.text).unwrap_or_default()
    }

    #[test]
    fn what_expired_says_why() {
        let unpaid = Booking { status: Status::Expired, ..samples::lapsed() };
        assert_eq!(said(&unpaid), "It was not paid in time, so the time is free again. Nothing was charged.");
        assert_eq!(said(&samples::for_a_video(unpaid.clone())), "It was not paid in time. Nothing was charged.");
        let unanswered = Booking { payment_status: PaymentStatus::None, ..unpaid };
        assert_eq!(said(&unanswered), "It was not agreed in time. Nothing was charged.");
    }
}
