//! The list of all jobs and schedules. A nightly job is a type with `ScheduledTask`, and a line here.

use std::sync::LazyLock;

use ::jobs::{Recurrence, Registry};
use chrono_tz::Tz;
use site::Services;

use super::check_books::CheckBooks;
use super::keep_facts::{KeepFactDays, RetryParkedFacts};
use super::sweep::Sweep;
use crate::account::MailPasswordLink;
use crate::booking::SettleHold;
use crate::booking::mails::BookingMails;
use crate::calendar::open_days::RefreshOpenDays;
use crate::calendar::{CatchUpCalendars, ReadCalendar};
use crate::gift_card::{DeliverDueCards, DeliverGiftCard, ExpireCards, LapseOrders, SettleLoyalty};
use crate::mail::SendMail;
use crate::payment::{
    AskAuthorised, AskChargebacks, AskProvider, CatchUpPayments, CoverChargeback, GiveUp, KeepAsCredit, PayBack,
    PayBackGranted, PayBackStored, PayBackSurplus, ReturnCharge,
};
use crate::profile::RefreshTrackRecords;

/// The jobs and schedules of this release.
pub(super) static REGISTRY: LazyLock<Registry<Services>> = LazyLock::new(|| {
    Registry::new()
        .job::<SendMail>()
        .job::<MailPasswordLink>()
        .job::<BookingMails>()
        .job::<RefreshOpenDays>()
        .job::<ReadCalendar>()
        .job::<AskProvider>()
        .job::<AskAuthorised>()
        .job::<GiveUp>()
        .job::<SettleHold>()
        .job::<PayBack>()
        .job::<PayBackGranted>()
        .job::<PayBackSurplus>()
        .job::<PayBackStored>()
        .job::<KeepAsCredit>()
        .job::<CoverChargeback>()
        .job::<ReturnCharge>()
        .job::<DeliverGiftCard>()
        .job::<SettleLoyalty>()
        .task::<KeepFactDays>(Recurrence::Nightly { hour: 3, minute: 0, zone: Tz::UTC })
        .task::<RetryParkedFacts>(Recurrence::Hourly { minute: 0 })
        .task::<Sweep>(Recurrence::Hourly { minute: 10 })
        .task::<CatchUpCalendars>(Recurrence::Hourly { minute: 20 })
        .task::<CatchUpPayments>(Recurrence::Hourly { minute: 40 })
        .task::<AskChargebacks>(Recurrence::Hourly { minute: 45 })
        .task::<DeliverDueCards>(Recurrence::Hourly { minute: 5 })
        .task::<ExpireCards>(Recurrence::Hourly { minute: 50 })
        .task::<LapseOrders>(Recurrence::Hourly { minute: 55 })
        .task::<CheckBooks>(Recurrence::Nightly { hour: 4, minute: 0, zone: Tz::UTC })
        .recurring::<RefreshTrackRecords>(Recurrence::Nightly { hour: 3, minute: 30, zone: Tz::UTC })
});

#[cfg(test)]
mod tests {
    use super::*;

    /// The kinds of jobs that servers of the previous release know. A new kind without `IS_NEW` would be given up by those servers. When a
    /// release is out, its kinds go here.
    const PREVIOUS: [&str; 8] = [
        "send_mail",
        "booking_mails",
        "refresh_open_days",
        "read_calendar",
        "ask_provider",
        "give_up_payment",
        "pay_back",
        "return_charge",
    ];

    #[test]
    fn kinds_keep_the_names_that_rows_have_and_new_ones_are_hidden_from_the_previous_release() {
        let (mut names, mut hidden) = (REGISTRY.names(), REGISTRY.new_names());
        for name in PREVIOUS {
            assert!(names.contains(&name), "{name} is in rows that wait");
        }
        names.retain(|name| !PREVIOUS.contains(name));
        names.sort_unstable();
        hidden.sort_unstable();
        assert_eq!(
            hidden, names,
            "IS_NEW is for the kinds that the previous release does not know, and for all of them"
        );
        assert_eq!(REGISTRY.lanes().len(), 7);
    }
}
