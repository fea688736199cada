//! Turns a booking into what pages show: its status in words, what happens when, and the money.

use std::collections::HashMap;

use bookings::queries::{Deadline, HistoryLine};
use bookings::{Booking, CancelledBy, DeadlineKind, Kind, Status};
use catalog::CelebrityCard;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use database::Connection;
use entry::Answer;
use kernel::{ActorKind, CelebrityId, Money, PersonId};
use site::links;

use crate::kit::format;
use crate::views::{BookingCard, Hue, LinkView, MomentView, MoneyLine, StatusView};

/// Who looks at a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Customer,
    Talent,
    Staff,
}

impl From<workflows::booking::Side> for Side {
    fn from(side: workflows::booking::Side) -> Self {
        match side {
            workflows::booking::Side::Customer => Self::Customer,
            workflows::booking::Side::Talent | workflows::booking::Side::Agent { .. } => Self::Talent,
            workflows::booking::Side::Staff => Self::Staff,
        }
    }
}

/// A booking with what is needed to show it.
pub(crate) struct Shown<'shown> {
    pub booking: &'shown Booking,
    /// None when the profile is not public any more; the booking is shown all the same.
    pub card: Option<&'shown CelebrityCard>,
    pub side: Side,
    /// Who booked, for everybody else.
    pub customer: Option<&'shown str>,
    /// The clock of whoever looks.
    pub yours: Tz,
    pub now: DateTime<Utc>,
}

/// Bookings as a list shows them to one side, in their order.
pub(crate) async fn cards(
    connection: &mut Connection,
    bookings: &[Booking],
    side: Side,
    yours: Tz,
    now: DateTime<Utc>,
) -> Answer<Vec<BookingCard>> {
    let ids: Vec<CelebrityId> = bookings.iter().map(|booking| booking.celebrity).collect();
    let known = catalog::queries::cards(&mut *connection, &ids).await?;
    let customers = if side == Side::Customer { HashMap::new() } else { names(connection, bookings).await? };
    let card = |booking: &Booking| {
        let card = known.iter().find(|card| card.id == booking.celebrity);
        let customer = customers.get(&booking.customer).filter(|_| booking.names_customer()).map(String::as_str);
        Shown { booking, card, side, customer, yours, now }.card()
    };
    Ok(bookings.iter().map(card).collect())
}

/// Who booked, for everybody else.
pub(crate) async fn customer(connection: &mut Connection, booking: &Booking, side: Side) -> Answer<Option<String>> {
    if side == Side::Customer || !booking.names_customer() {
        return Ok(None);
    }
    Ok(names(connection, std::slice::from_ref(booking)).await?.remove(&booking.customer))
}

/// What those call themselves who booked.
async fn names(connection: &mut Connection, bookings: &[Booking]) -> Answer<HashMap<PersonId, String>> {
    let ids: Vec<PersonId> = bookings.iter().map(|booking| booking.customer).collect();
    Ok(accounts::queries::display_names(connection, &ids).await?)
}

impl Shown<'_> {
    /// The talent's clock.
    pub(crate) fn theirs(&self) -> Tz {
        self.booking.terms.time_zone.parse().unwrap_or(Tz::UTC)
    }

    /// The booking in a list.
    pub(crate) fn card(&self) -> BookingCard {
        let terms = &self.booking.terms;
        let pays = self.side == Side::Customer && self.is_payable();
        BookingCard {
            href: links::booking(self.booking.id),
            title: terms.title.clone(),
            name: self.card.map_or_else(|| "A celebrity".to_owned(), |card| card.stage_name.clone()),
            portrait: self.card.and_then(CelebrityCard::portrait_url).unwrap_or_default(),
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

    /// What counts for whoever looks: for the talent the price, without what the customer pays us.
    fn sum(&self) -> Money {
        if self.side == Side::Talent { self.booking.terms.price } else { self.booking.terms.total() }
    }

    /// Whether the customer can pay now.
    pub(crate) fn is_payable(&self) -> bool {
        self.booking.status == Status::AwaitingPayment
            && self.booking.hold_expires_at.is_none_or(|until| until > self.now)
            && self.booking.terms.begins_by().is_none_or(|by| by > self.now)
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
        let mine = |by: CancelledBy| match (by, self.side) {
            (CancelledBy::Customer, Side::Customer) | (CancelledBy::Talent, Side::Talent) => "Cancelled by you",
            (CancelledBy::Customer, Side::Talent | Side::Staff) => "Cancelled by the customer",
            (CancelledBy::Talent, Side::Customer | Side::Staff) => "Cancelled by them",
            (CancelledBy::Staff, _) => "Cancelled by Stagedoor",
            (CancelledBy::System, _) => "Cancelled",
        };
        let (label, tone) = match self.booking.status {
            Status::Requested => ("Waiting for an answer", "wait"),
            Status::OfferedByTalent | Status::OfferedByCustomer => ("Being negotiated", "wait"),
            Status::AwaitingPayment if !self.is_payable() => ("Hold lapsed", "bad"),
            Status::AwaitingPayment if self.side == Side::Customer => ("Held for you", "wait"),
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

    /// The price, part by part, and what came back.
    pub(crate) fn lines(&self, refunded: Option<Money>) -> Vec<MoneyLine> {
        let terms = &self.booking.terms;
        let line = |label: &str, amount: Money, is_sum| MoneyLine {
            label: label.to_owned(),
            amount: amount.to_string(),
            is_sum,
        };
        let length = terms.time.map(|time| (time.ends_at - time.starts_at).num_minutes());
        let what = match (length, terms.kind) {
            (Some(minutes), _) => format::minutes(i32::try_from(minutes).unwrap_or(0)),
            (None, Kind::PersonalVideo) => "Personal video".to_owned(),
            (None, _) => "Endorsement".to_owned(),
        };
        if self.side == Side::Talent {
            return vec![line(&what, terms.price, true)];
        }
        let mut lines = vec![line(&what, terms.price, false), line("Service fee", terms.service_fee, false)];
        if terms.tax.amount_minor > 0 {
            lines.push(line("Tax", terms.tax, false));
        }
        lines.push(line("Total", terms.total(), true));
        if let Some(refunded) = refunded {
            lines.push(line("Paid back", Money::new(-refunded.amount_minor, refunded.currency), false));
        }
        lines
    }

    /// The frozen policy in words, with its dates.
    pub(crate) fn policy(&self) -> String {
        let policy = &self.booking.terms.policy;
        match self.booking.terms.time {
            Some(time) if !policy.tiers.is_empty() => {
                format::policy::dated(policy, time.starts_at, self.booking.confirmed_at, self.now, self.theirs())
            }
            _ => format!(
                "Free cancellation for {} hours after it is confirmed, then nothing is paid back.",
                policy.grace_hours
            ),
        }
    }

    /// What happened, and what happens when: history first, then what is ahead.
    pub(crate) fn moments(&self, history: &[HistoryLine], deadlines: &[Deadline]) -> Vec<MomentView> {
        let mut moments: Vec<MomentView> = history.iter().map(|line| self.past(line)).collect();
        let mut ahead = self.ahead(deadlines);
        ahead.sort_by_key(|(at, _)| *at);
        for (index, (at, label)) in ahead.into_iter().enumerate() {
            let state = if index == 0 { "next" } else { "later" };
            moments.push(MomentView {
                label,
                note: format::over_there(at, self.theirs(), self.yours),
                when: self.stamp(at),
                state,
            });
        }
        moments
    }

    fn past(&self, line: &HistoryLine) -> MomentView {
        let label = match line.kind.as_str() {
            "requested" => "Requested",
            "held" => "Booked, and the time held",
            "accepted" => "Agreed, and the time held",
            "offered" => "A price was named",
            "countered" => "Another price was named",
            "declined" => "Declined",
            "confirmed" => "Paid and confirmed",
            "payment_returned" => "A payment came when it was over; the money goes back",
            "expired" if line.details["missed"] == "payment" => "Not paid in time",
            "expired" => "Expired: not answered in time",
            "started" => "Begun",
            "delivered" => "Done",
            "redo_asked" => "Another try was asked for",
            "completed" => "Completed",
            "cancelled" => "Cancelled",
            "disputed" => "Disputed",
            "ruled_for_talent" => "Decided: it was done as agreed",
            "ruled_for_customer" => "Decided: the money goes back",
            "refunded" => "Money paid back",
            other => other,
        };
        let is_mine = matches!(
            (line.actor_kind, self.side),
            (ActorKind::Customer, Side::Customer) | (ActorKind::Talent, Side::Talent)
        );
        let note = match line.actor_kind {
            _ if is_mine => Some("by you"),
            ActorKind::Customer => Some("by the customer"),
            ActorKind::Talent => Some("by them"),
            ActorKind::Agent => Some("by their agent"),
            ActorKind::Staff => Some("by Stagedoor"),
            ActorKind::System => None,
        };
        MomentView {
            label: label.to_owned(),
            note: note.map(str::to_owned),
            when: self.stamp(line.occurred_at),
            state: "done",
        }
    }

    /// Open deadlines and cut-offs that are still to come.
    fn ahead(&self, deadlines: &[Deadline]) -> Vec<(DateTime<Utc>, String)> {
        let name = self.card.map_or("They", |card| card.stage_name.as_str());
        let open = deadlines.iter().filter(|deadline| deadline.closed_at.is_none());
        let mut ahead: Vec<(DateTime<Utc>, String)> = open
            .map(|deadline| {
                let label = match deadline.kind {
                    DeadlineKind::Answer if self.side == Side::Talent => {
                        "Last moment to answer, or it expires".to_owned()
                    }
                    DeadlineKind::Answer => format!("Last moment for {name} to answer, or it expires"),
                    DeadlineKind::Quote => "The offer ends".to_owned(),
                    DeadlineKind::Payment => "The hold ends, if it is not paid".to_owned(),
                    DeadlineKind::Start => self.start(name),
                    DeadlineKind::End => "It ends".to_owned(),
                    DeadlineKind::Deliver => "Last moment to deliver, or everything is paid back".to_owned(),
                    DeadlineKind::Approve => "Counts as completed, unless you tell us otherwise".to_owned(),
                };
                // What is over is looked at a while after its end; people mean the end itself.
                let end =
                    self.booking.terms.time.map(|time| time.ends_at).filter(|_| deadline.kind == DeadlineKind::End);
                (end.unwrap_or(deadline.due_at), label)
            })
            .collect();
        if let (Status::Confirmed, Some(time)) = (self.booking.status, self.booking.terms.time) {
            if !ahead.iter().any(|(at, _)| *at == time.starts_at) {
                ahead.push((time.starts_at, self.start(name)));
            }
            let policy = &self.booking.terms.policy;
            ahead.extend(format::policy::cut_offs(policy, time.starts_at, self.booking.confirmed_at, self.now));
        }
        ahead
    }

    /// What begins, as each side sees it.
    fn start(&self, name: &str) -> String {
        if self.side == Side::Customer { format!("{name} is with you") } else { "It begins".to_owned() }
    }

    fn stamp(&self, at: DateTime<Utc>) -> String {
        let here = at.with_timezone(&self.yours);
        let this_year = self.now.with_timezone(&self.yours).date_naive();
        let year = chrono::Datelike::year(&this_year);
        format!("{}, {}", format::day_short(here.date_naive(), year), format::clock(at, self.yours))
    }
}

/// `12 minutes left`.
pub(crate) fn left(until: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let minutes = ((until - now).num_seconds() + 59) / 60;
    if minutes <= 0 {
        "lapsed".to_owned()
    } else {
        format!("{} left", format::minutes(i32::try_from(minutes).unwrap_or(0)))
    }
}
