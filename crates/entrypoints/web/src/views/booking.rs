//! Presents a booking: status, money and policy in words, for each side.

use bookings::{Booking, CancelledBy, Status};
use catalog::CelebrityCard;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use kernel::{Money, OfferingKind};
use serde::Serialize;
use site::links;

use super::hue::Hue;
use super::link::LinkView;
use super::money::MoneyLine;
use crate::kit::format;

/// A booking in a list or a panel.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct BookingCard {
    pub href: String,
    pub title: String,
    pub name: String,
    pub portrait: String,
    pub hue: Hue,
    pub status: StatusView,
    /// On both clocks.
    pub when: String,
    /// Who booked, for everybody else.
    pub customer: Option<String>,
    pub total: String,
    pub reference: String,
    /// What the person can do now: `Pay $1,155.00`.
    pub next: Option<LinkView>,
    /// `12 minutes left`.
    pub deadline: Option<String>,
}

/// A status in words with its colour.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct StatusView {
    pub label: &'static str,
    /// `ok`, `wait`, `bad` or `still`.
    pub tone: &'static str,
}

/// The side from which a booking is viewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Viewer {
    Customer,
    Talent,
    Staff,
}

impl From<workflows::booking::BookingSide> for Viewer {
    fn from(side: workflows::booking::BookingSide) -> Self {
        match side {
            workflows::booking::BookingSide::Customer => Self::Customer,
            workflows::booking::BookingSide::Talent | workflows::booking::BookingSide::Agent { .. } => Self::Talent,
            workflows::booking::BookingSide::Staff => Self::Staff,
        }
    }
}

/// A booking with the data needed to present it.
pub(crate) struct BookingPresenter<'booking> {
    pub booking: &'booking Booking,
    /// None when the profile is not public any more; the booking is shown all the same.
    pub card: Option<&'booking CelebrityCard>,
    pub viewer: Viewer,
    /// Who booked, for everybody else.
    pub customer: Option<&'booking str>,
    /// The viewer's time zone.
    pub yours: Tz,
    pub now: DateTime<Utc>,
}

impl BookingPresenter<'_> {
    /// The talent's clock.
    pub(crate) fn theirs(&self) -> Tz {
        self.booking.terms.time_zone.parse().unwrap_or(Tz::UTC)
    }

    /// The booking in a list.
    pub(crate) fn card(&self) -> BookingCard {
        let terms = &self.booking.terms;
        let pays = self.viewer == Viewer::Customer && self.is_payable();
        BookingCard {
            href: links::booking(self.booking.id),
            title: terms.title.clone(),
            name: self.card.map_or_else(|| "A celebrity".to_owned(), |card| card.stage_name.clone()),
            portrait: self.card.and_then(|card| card.portrait_id).map(links::portrait).unwrap_or_default(),
            hue: Hue::from(self.card.map_or(30, |card| card.hue)),
            status: self.status(),
            when: self.when(),
            customer: self.customer.map(str::to_owned),
            total: self.sum().to_string(),
            reference: self.booking.reference.clone(),
            next: pays.then(|| LinkView::to(format!("Pay {}", terms.total()), links::checkout(self.booking.id))),
            deadline: self.booking.hold_expires_at.filter(|_| pays).map(|until| left(until, self.now)),
        }
    }

    /// The amount that matters to the viewer: for the talent the price, without the customer's fee.
    fn sum(&self) -> Money {
        if self.viewer == Viewer::Talent { self.booking.terms.price } else { self.booking.terms.total() }
    }

    /// Whether the customer can pay now.
    pub(crate) fn is_payable(&self) -> bool {
        self.booking.payable(self.now).is_ok()
    }

    fn when(&self) -> String {
        let terms = &self.booking.terms;
        match (terms.time, terms.deliver_by) {
            (Some(time), _) => format::both_clocks(time.starts_at, time.ends_at, self.theirs(), self.yours),
            (None, Some(by)) => {
                format!("Due {}", format::day_with_year(by.with_timezone(&self.yours).date_naive()))
            }
            (None, None) => "Delivered soon after payment".to_owned(),
        }
    }

    /// The status in the words of whoever looks.
    pub(crate) fn status(&self) -> StatusView {
        let mine = |by: CancelledBy| match (by, self.viewer) {
            (CancelledBy::Customer, Viewer::Customer) => "Cancelled by you",
            (CancelledBy::Customer, Viewer::Talent | Viewer::Staff) => "Cancelled by the customer",
            // Celebrity and agents see the same page.
            (CancelledBy::Talent, Viewer::Talent) => "Cancelled by your side",
            (CancelledBy::Talent, Viewer::Customer) => "Cancelled by them",
            (CancelledBy::Talent, Viewer::Staff) => "Cancelled by the celebrity",
            (CancelledBy::Staff, _) => "Cancelled by Stagedoor",
            (CancelledBy::System, _) => "Cancelled",
        };
        let (label, tone) = match self.booking.status {
            Status::Requested => ("Waiting for an answer", "wait"),
            Status::OfferedByTalent | Status::OfferedByCustomer => ("Being negotiated", "wait"),
            Status::AwaitingPayment if !self.is_payable() => ("Hold lapsed", "bad"),
            Status::AwaitingPayment if self.viewer == Viewer::Customer => ("Held for you", "wait"),
            Status::AwaitingPayment => ("Held, being paid", "wait"),
            Status::Confirmed => ("Confirmed", "ok"),
            Status::InProgress => ("Happening now", "ok"),
            Status::Delivered => ("Delivered", "ok"),
            Status::Completed => ("Completed", "still"),
            Status::Declined => ("Declined", "bad"),
            Status::Expired => ("Expired", "bad"),
            Status::Cancelled => (self.booking.cancelled_by.map_or("Cancelled", mine), "bad"),
            Status::Disputed => ("Disputed", "bad"),
            Status::Refunded => ("Refunded", "still"),
        };
        StatusView { label, tone }
    }

    /// The price, part by part, then what was paid of it, and the refund.
    pub(crate) fn lines(&self, paid: &[MoneyLine], refunded: Option<Money>) -> Vec<MoneyLine> {
        let terms = &self.booking.terms;
        let line = |label: &str, amount: Money, is_sum| MoneyLine {
            label: label.to_owned(),
            amount: amount.to_string(),
            is_sum,
        };
        let length = terms.time.map(|time| (time.ends_at - time.starts_at).num_minutes());
        let what = match (length, terms.kind) {
            (Some(minutes), _) => format::minutes(i32::try_from(minutes).unwrap_or(0)),
            (None, OfferingKind::PersonalVideo) => "Personal video".to_owned(),
            (None, _) => "Endorsement".to_owned(),
        };
        if self.viewer == Viewer::Talent {
            return vec![line(&what, terms.price, true)];
        }
        let mut lines = vec![line(&what, terms.price, false), line("Service fee", terms.service_fee, false)];
        if terms.tax.amount_minor > 0 {
            lines.push(line("Tax", terms.tax, false));
        }
        lines.push(line("Total", terms.total(), true));
        lines.extend_from_slice(paid);
        if let Some(refunded) = refunded {
            lines.push(line("Paid back", Money::new(-refunded.amount_minor, refunded.currency), false));
        }
        lines
    }

    /// The booking's copy of the cancellation policy, in words with dates.
    pub(crate) fn policy(&self) -> String {
        let policy = &self.booking.terms.policy;
        match self.booking.terms.time {
            Some(time) if !policy.tiers.is_empty() => {
                format::policy::dated(policy, time.starts_at, self.booking.confirmed_at, self.now, self.theirs())
            }
            _ if policy.grace_hours == 0 => "Once it is confirmed, nothing is paid back.".to_owned(),
            _ => format!(
                "Free cancellation for {} after it is confirmed, then nothing is paid back.",
                format::counted(policy.grace_hours, "hour", "hours")
            ),
        }
    }
}

/// `12 minutes left`.
fn left(until: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let minutes = ((until - now).num_seconds() + 59) / 60;
    if minutes <= 0 {
        "lapsed".to_owned()
    } else {
        format!("{} left", format::minutes(i32::try_from(minutes).unwrap_or(0)))
    }
}
