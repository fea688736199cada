//! What happened to a booking, and what happens when.

use bookings::queries::{Deadline, HistoryLine};
use bookings::{DeadlineKind, Status};
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
                // The deadline is a while after the end; people are shown the end itself.
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
