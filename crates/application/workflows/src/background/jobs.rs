//! The list of all jobs and schedules. A nightly job is a type with `Job` and `Recurring`, and a line here.

use std::sync::LazyLock;

use ::jobs::{Recurrence, Registry};
use chrono_tz::Tz;
use site::Services;

use super::keep_facts::{KeepFactDays, RetryParkedFacts};
use super::sweep::Sweep;
use crate::booking::SettleHold;
use crate::booking::mails::BookingMails;
use crate::calendar::open_days::RefreshOpenDays;
use crate::calendar::{CatchUpCalendars, ReadCalendar};
use crate::mail::SendMail;
use crate::payment::{AskProvider, CatchUpPayments, GiveUp, PayBack, PayBackSurplus, ReturnCharge};
use crate::profile::RefreshTrackRecords;

/// The jobs and schedules of this release.
pub(super) static REGISTRY: LazyLock<Registry<Services>> = LazyLock::new(|| {
    Registry::new()
        .job::<SendMail>()
        .job::<BookingMails>()
        .job::<RefreshOpenDays>()
        .job::<ReadCalendar>()
        .job::<AskProvider>()
        .job::<GiveUp>()
        .job::<SettleHold>()
        .job::<PayBack>()
        .job::<PayBackSurplus>()
        .job::<ReturnCharge>()
        .recurring::<KeepFactDays>(Recurrence::Nightly { hour: 3, minute: 0, zone: Tz::UTC })
        .recurring::<RetryParkedFacts>(Recurrence::Hourly { minute: 0 })
        .recurring::<Sweep>(Recurrence::Hourly { minute: 10 })
        .recurring::<CatchUpCalendars>(Recurrence::Hourly { minute: 20 })
        .recurring::<CatchUpPayments>(Recurrence::Hourly { minute: 40 })
        .recurring::<RefreshTrackRecords>(Recurrence::Nightly { hour: 3, minute: 30, zone: Tz::UTC })
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_keep_the_names_that_rows_have() {
        let names = REGISTRY.names();
        let kept = ["send_mail", "booking_mails", "refresh_open_days", "read_calendar", "ask_provider"];
        for name in kept.into_iter().chain(["give_up_payment", "pay_back", "return_charge"]) {
            assert!(names.contains(&name), "{name} is in rows that wait");
        }
        assert_eq!(REGISTRY.lanes().len(), 5);
    }
}
