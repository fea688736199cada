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
        let takes_time = self.booking.terms.time.is_some();
        let label = match &line.details {
            Change::Requested { .. } => "Requested",
            Change::Held { .. } if takes_time => "Booked, and the time held",
            Change::Held { .. } => "Booked, and the price held",
            Change::Accepted { .. } if takes_time => "Agreed, and the time held",
            Change::Accepted { .. } => "Agreed, and the price held",
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
        let note = match (line.actor_kind, self.viewer) {
            (ActorKind::Customer, Viewer::Customer) => Some("by you"),
            (ActorKind::Customer, _) => Some("by the customer"),
            // Celebrity and agents see the same page.
            (ActorKind::Talent | ActorKind::Agent, Viewer::Talent) => Some("by your side"),
            (ActorKind::Talent, Viewer::Customer) => Some("by them"),
            (ActorKind::Talent, Viewer::Staff) => Some("by the celebrity"),
            (ActorKind::Agent, _) => Some("by their agent"),
            (ActorKind::Staff, _) => Some("by Stagedoor"),
            (ActorKind::System, _) => None,
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
        let name = self.card.map_or("the celebrity", |card| card.stage_name.as_str());
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
                    DeadlineKind::Start => self.start(),
                    DeadlineKind::End => "It ends".to_owned(),
                    DeadlineKind::Deliver => "Last moment to deliver, or everything is paid back".to_owned(),
                    DeadlineKind::Approve if self.viewer == Viewer::Customer => {
                        "Counts as completed, unless you tell us otherwise".to_owned()
                    }
                    DeadlineKind::Approve => "Counts as completed, unless the customer objects".to_owned(),
                };
                // The deadline has a grace period after the end; people are shown the end itself.
                let end =
                    self.booking.terms.time.map(|time| time.ends_at).filter(|_| deadline.kind == DeadlineKind::End);
                (end.unwrap_or(deadline.due_at), label)
            })
            .collect();
        if let (Status::Confirmed, Some(time)) = (self.booking.status, self.booking.terms.time) {
            if !ahead.iter().any(|(at, _)| *at == time.starts_at) {
                ahead.push((time.starts_at, self.start()));
            }
            let policy = &self.booking.terms.policy;
            ahead.extend(format::policy::cut_offs(policy, time.starts_at, self.booking.confirmed_at, self.now));
        }
        ahead
    }

    /// What begins, as each side sees it.
    fn start(&self) -> String {
        match (self.viewer, self.card) {
            (Viewer::Customer, Some(card)) => format!("{} is with you", card.stage_name),
            _ => "It begins".to_owned(),
        }
    }

    fn stamp(&self, at: DateTime<Utc>) -> String {
        let here = at.with_timezone(&self.yours);
        let this_year = self.now.with_timezone(&self.yours).date_naive();
        let year = this_year.year();
        format!("{}, {}", format::day_short(here.date_naive(), year), format::clock(at, self.yours))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::views::samples;

    fn first(shown: &BookingPresenter<'_>) -> (String, Option<String>) {
        let moment = shown.moments(&samples::history(), &[]).remove(0);
        (moment.label, moment.note)
    }

    #[test]
    fn a_time_is_held_only_where_there_is_one() {
        let (call, video) = (samples::held(), samples::for_a_video(samples::held()));
        assert_eq!(first(&samples::presented(&call)).0, "Booked, and the time held");
        assert_eq!(first(&samples::presented(&video)).0, "Booked, and the price held");
    }

    #[test]
    fn who_did_something_is_named_from_the_side_of_whoever_looks() {
        let booking = samples::confirmed();
        let by = |actor_kind, viewer| {
            let shown = BookingPresenter { viewer, ..samples::presented(&booking) };
            let line = HistoryLine { actor_kind, ..samples::history().remove(0) };
            shown.past(&line).note.unwrap_or_default()
        };
        assert_eq!(by(ActorKind::Customer, Viewer::Customer), "by you");
        assert_eq!(by(ActorKind::Customer, Viewer::Talent), "by the customer");
        assert_eq!(by(ActorKind::Agent, Viewer::Customer), "by their agent");
        assert_eq!(by(ActorKind::Agent, Viewer::Talent), "by your side");
        assert_eq!(by(ActorKind::Talent, Viewer::Staff), "by the celebrity");
    }
}
