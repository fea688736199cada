//! The days of guests: their buffers on both sides of a booking, half hours beside the full ones, and midnights at which the clocks change.

use testkit::guests::{CAIRO, Guest, KOLKATA, KUWAIT, LORD_HOWE, SANTIAGO};
use testkit::{InvitedGuest, TestSite};

use crate::steps::guests::place;
use crate::steps::journey::text;

/// The free times of one local day, by the guest's own clock.
async fn free_times(site: &TestSite, guest: &InvitedGuest, zone: &str, day: &str) -> Vec<String> {
    let path = format!(
        "/api/celebrities/{}/availability?offering_id={}&from={day}&to={day}&tz={zone}",
        guest.slug, guest.offering
    );
    let free = site.cast.anonymous.get(&path).await.json();
    let slots = free["slots"].as_array().expect("slots").iter();
    slots.map(|slot| format!("{} {}", &text(slot, "local")[11..16], &text(slot, "starts_at")[11..16])).collect()
}

/// A guest, a day, the free times on it (there and in UTC), one that is booked, and those that are free afterwards.
type Day = (&'static Guest, &'static str, &'static [&'static str], &'static str, &'static [&'static str]);

#[rustfmt::skip]
const DAYS: [Day; 5] = [
    // An hour before and three quarters after, around an hour and a half: nothing else fits in before 14:00.
    (&KOLKATA, "2027-03-15",
        &["09:00 03:30", "09:30 04:00", "10:00 04:30", "10:30 05:00", "11:00 05:30", "11:30 06:00", "12:00 06:30", "12:30 07:00",
          "13:00 07:30", "13:30 08:00", "14:00 08:30", "14:30 09:00", "15:00 09:30", "15:30 10:00"],
        "2027-03-15T05:00:00Z", &["14:00 08:30", "14:30 09:00", "15:00 09:30", "15:30 10:00"]),
    // The clocks go back from midnight to eleven: the hour before midnight comes twice, and is offered once.
    (&SANTIAGO, "2027-04-03",
        &["20:00 23:00", "20:30 23:30", "21:00 00:00", "21:30 00:30", "22:00 01:00", "22:30 01:30", "23:00 02:00", "23:30 02:30"],
        "2027-04-04T02:30:00Z", &["20:00 23:00", "20:30 23:30", "21:00 00:00", "21:30 00:30", "22:00 01:00"]),
    // The clocks go forward at midnight: the first hour of the day is not there.
    (&CAIRO, "2027-04-30",
        &["01:00 22:00", "01:30 22:30", "02:00 23:00", "02:30 23:30", "03:00 00:00"],
        "2027-04-29T22:00:00Z", &["02:30 23:30", "03:00 00:00"]),
    (&KUWAIT, "2027-01-20",
        &["16:00 13:00", "16:30 13:30", "17:00 14:00", "17:30 14:30", "18:00 15:00", "18:30 15:30", "19:00 16:00", "19:30 16:30",
          "20:00 17:00"],
        "2027-01-20T13:00:00Z", &["20:00 17:00"]),
    (&LORD_HOWE, "2027-04-04",
        &["09:00 22:30", "09:30 23:00", "10:00 23:30", "10:30 00:00", "11:00 00:30", "11:30 01:00"],
        "2027-04-03T23:30:00Z", &["11:30 01:00"]),
];

#[tokio::test]
async fn what_is_free_there_has_its_buffers_on_both_sides_and_its_own_midnights() {
    let site = TestSite::new().await;
    for (turn, (guest, day, free, starts_at, left)) in DAYS.into_iter().enumerate() {
        let invited = site.invite(guest).await;
        let zone = guest.profile.zone;
        assert_eq!(free_times(&site, &invited, zone, day).await, free, "{zone}");
        place(&site, &invited, starts_at, &format!("day-{turn}")).await;
        assert_eq!(free_times(&site, &invited, zone, day).await, left, "{zone}");
    }
    site.jobs_may_be_left();
}
