//! Invented celebrities and bookings, in the types of the domains. The samples of pages are made from them by the real presenters.

mod bookings;
pub(crate) mod gifts;
mod people;
mod times;

use chrono::{DateTime, TimeZone as _, Utc};

pub(crate) use bookings::{
    called_off, cancelled, completed, confirmed, deadlines, for_a_video, held, history, lapsed, presented,
    seen_by_talent,
};
pub(crate) use people::{FEES, celebrity, fees, offering, portrait, posters, price, reviews};
pub(crate) use times::{YOURS, free_times, month, starts_at};

use super::link::OptionView;

/// When the samples are looked at: a Tuesday in November, 14:17 in Berlin.
pub(crate) fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 24, 13, 17, 0).single().expect("an instant has one time in UTC")
}

/// A list to choose from.
pub(crate) fn options(all: &[&str], chosen: &str) -> Vec<OptionView> {
    all.iter()
        .map(|one| OptionView { value: (*one).to_owned(), label: (*one).to_owned(), is_chosen: *one == chosen })
        .collect()
}
