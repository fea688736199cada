//! The timeline of a booking: its history, and what happens next.

use bookings::queries::{Deadline, HistoryLine};
use bookings::{Change, DeadlineKind, Status};
use chrono::{DateTime, Datelike as _, Utc};
use kernel::ActorKind;
use serde::Serialize;

use super::booking::{BookingPresenter, Viewer};
use crate::kit::format;

/// One line of "What happens when".
#[derive(Debug, Clone, Serialize)]
pub(crate) struct MomentView {
    pub label: String,
    /// `by you`, `1 hour left`.
    pub note: Option<String>,
    pub when: String,
    /// `done`, `next`, `later` or `off`.
    pub state: &'static str,
}

impl BookingPresenter<'_> {
    /// History and open deadlines, in order of time.
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
        let label = match &line.details {
            Change::Requested { .. } => "Requested",
            Change::Held { .. } => "Booked, and the time held",
            Change::Accepted { .. } => "Agreed, and the time held",
            Change::Offered { .. } => "A price was named",
            Change::Countered { .. } => "Another price was named",
            Change::Declined => "Declined",
            Change::Confirmed => "Paid and confirmed",
            Change::PaymentReturned => "A payment came when it was over; the money goes back",
            Change::Expired { missed: DeadlineKind::Payment } => "Not paid in time",
            Change::Expired { .. } => "Expired: not answered in time",
            Change::Started => "Begun",
            Change::Delivered { .. } => "Done",
            Change::RedoAsked { .. } => "Another try was asked for",
            Change::Completed => "Completed",
            Change::Cancelled { .. } => "Cancelled",
            Change::Disputed => "Disputed",
            Change::RuledForTalent => "Decided: it was done as agreed",
            Change::RuledForCustomer { .. } => "Decided: the money goes back",
            Change::Refunded { .. } => "Money paid back",
        };
        let is_mine = matches!(
            (line.actor_kind, self.viewer),
            (ActorKind::Customer, Viewer::Customer) | (ActorKind::Talent, Viewer::Talent)
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
                    DeadlineKind::Answer if self.viewer == Viewer::Talent => {
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
                // The deadline has a grace period after the end; people are shown the end itself.
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
        if self.viewer == Viewer::Customer { format!("{name} is with you") } else { "It begins".to_owned() }
    }

    fn stamp(&self, at: DateTime<Utc>) -> String {
        let here = at.with_timezone(&self.yours);
        let this_year = self.now.with_timezone(&self.yours).date_naive();
        let year = this_year.year();
        format!("{}, {}", format::day_short(here.date_naive(), year), format::clock(at, self.yours))
    }
}
