//! Guests of every zone, currency, kind, policy and buffer: booked, paid, called off and paid back, to the last minor unit. The figures
//! were worked by hand: a fee of 5 % within its bounds, a commission of 15 % of what is kept, halves to even.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use kernel::Instant;
use serde_json::{Value, json};
use testkit::guests::{CAIRO, Guest, KOLKATA, KUWAIT, LORD_HOWE, NEW_YORK, SANTIAGO, STOCKHOLM, TOKYO};
use testkit::{InvitedGuest, TestSite};

use crate::steps::guests::{call_off, money_of, place};
use crate::steps::journey::{PAYS, faults, pay, status};

/// When somebody calls off.
#[derive(Debug, Clone, Copy)]
enum Off {
    /// So many hours and seconds before the start.
    Before(i64, i64),
    /// So many hours and seconds after it was confirmed.
    After(i64, i64),
    /// The guest's agent, so many hours before the start.
    ByAgent(i64),
    /// Nobody: it is delivered, or not, and this long afterwards all is done.
    Never(TimeDelta),
}

use Off::{After, Before, ByAgent, Never};

/// A booking and what becomes of its money, in minor units.
struct Row {
    guest: &'static Guest,
    starts_at: &'static str,
    total: i64,
    off: Off,
    back: i64,
    /// What the celebrity, the platform for its work, and the platform for its service keep.
    kept: [i64; 3],
    ends: (&'static str, &'static str),
}

const REFUNDED: (&str, &str) = ("cancelled", "refunded");
const IN_PART: (&str, &str) = ("cancelled", "partly_refunded");
const KEPT: (&str, &str) = ("cancelled", "paid");
const COMPLETED: (&str, &str) = ("completed", "paid");
const TO_ITS_END: Off = Never(TimeDelta::days(4));

const fn row(
    guest: &'static Guest,
    starts_at: &'static str,
    total: i64,
    off: Off,
    back: i64,
    kept: [i64; 3],
    ends: (&'static str, &'static str),
) -> Row {
    Row { guest, starts_at, total, off, back, kept, ends }
}

#[rustfmt::skip]
const ROWS: [Row; 24] = [
    // Half in time for half of it, a quarter in time for that; 1,234.50 dollars and 61.72 on top.
    row(&KOLKATA, "2027-03-15T05:00:00Z", 129_622, After(23, 3_599), 129_622, [0, 0, 0], REFUNDED),
    row(&KOLKATA, "2027-03-16T05:00:00Z", 129_622, Before(2_160, 0), 61_725, [52_466, 9_259, 6_172], IN_PART),
    row(&KOLKATA, "2027-03-17T05:00:00Z", 129_622, Before(2_160, -1), 30_862, [78_700, 13_888, 6_172], IN_PART),
    row(&KOLKATA, "2027-03-18T05:00:00Z", 129_622, Before(720, -1), 0, [104_932, 18_518, 6_172], KEPT),
    row(&KOLKATA, "2027-03-19T05:00:00Z", 129_622, TO_ITS_END, 0, [104_932, 18_518, 6_172], COMPLETED),
    // 333.33 euros and 16.67; the hour of half past eleven comes twice that night.
    row(&SANTIAGO, "2027-04-03T01:30:00Z", 35_000, Before(120, 0), 35_000, [0, 0, 0], REFUNDED),
    row(&SANTIAGO, "2027-04-04T02:30:00Z", 35_000, Before(120, -1), 0, [28_333, 5_000, 1_667], KEPT),
    row(&SANTIAGO, "2027-04-05T02:30:00Z", 35_000, ByAgent(1), 35_000, [0, 0, 0], REFUNDED),
    // 99.99 francs and 5.00, on a day without its first hour.
    row(&CAIRO, "2027-04-29T22:00:00Z", 10_499, Before(24, 0), 10_499, [0, 0, 0], REFUNDED),
    row(&CAIRO, "2027-04-30T22:00:00Z", 10_499, Before(24, -1), 0, [8_499, 1_500, 500], KEPT),
    row(&CAIRO, "2027-04-28T22:00:00Z", 10_499, TO_ITS_END, 0, [8_499, 1_500, 500], COMPLETED),
    // 12,345 yen and 617; half of it is 6,172.5.
    row(&TOKYO, "2027-02-10T10:00:00Z", 12_962, Before(336, 0), 12_962, [0, 0, 0], REFUNDED),
    row(&TOKYO, "2027-02-11T10:00:00Z", 12_962, Before(336, -1), 6_172, [5_247, 926, 617], IN_PART),
    row(&TOKYO, "2027-02-12T10:00:00Z", 12_962, Before(168, 0), 6_172, [5_247, 926, 617], IN_PART),
    row(&TOKYO, "2027-02-13T10:00:00Z", 12_962, Before(168, -1), 0, [10_493, 1_852, 617], KEPT),
    // 1,234.565 dinars and 61.728; half of it is 617.2825.
    row(&KUWAIT, "2027-01-20T16:00:00Z", 1_296_293, Before(720, 0), 1_296_293, [0, 0, 0], REFUNDED),
    row(&KUWAIT, "2027-01-21T16:00:00Z", 1_296_293, Before(168, 0), 617_282, [524_691, 92_592, 61_728], IN_PART),
    row(&KUWAIT, "2027-01-22T16:00:00Z", 1_296_293, Before(168, -1), 0, [1_049_380, 185_185, 61_728], KEPT),
    // 20.00 dollars, of which the fee would be 1.00: the least is 1.50.
    row(&LORD_HOWE, "2027-04-03T23:30:00Z", 2_150, Before(24, -1), 0, [1_700, 300, 150], KEPT),
    // 45.67 pounds and 2.28, for a video that is due in a week.
    row(&NEW_YORK, "", 4_795, After(23, 3_599), 4_795, [0, 0, 0], REFUNDED),
    row(&NEW_YORK, "", 4_795, After(24, 0), 0, [3_882, 685, 228], KEPT),
    row(&NEW_YORK, "", 4_795, Never(TimeDelta::days(7)), 4_795, [0, 0, 0], REFUNDED),
    // 120,000.00 crowns, of which the fee would be 6,000.00: the greatest is 5,000.00.
    row(&STOCKHOLM, "", 12_500_000, After(24, 0), 0, [10_200_000, 1_800_000, 500_000], KEPT),
    row(&STOCKHOLM, "", 12_500_000, Never(TimeDelta::days(90)), 12_500_000, [0, 0, 0], REFUNDED),
];

/// Everybody books on the first day; then they call off one after the other.
#[tokio::test]
async fn whoever_is_booked_wherever_the_money_is_shared_out_to_the_last_minor_unit() {
    let site = TestSite::new().await;
    let confirmed_at = site.now();
    let mut invited: BTreeMap<&str, InvitedGuest> = BTreeMap::new();
    let mut booked = Vec::new();
    for (turn, row) in ROWS.iter().enumerate() {
        let slug = row.guest.profile.slug;
        if !invited.contains_key(slug) {
            invited.insert(slug, site.invite(row.guest).await);
        }
        let booking = book_and_pay(&site, &invited[slug], row, turn).await;
        booked.push((row.moment(confirmed_at), row, booking));
    }
    site.run_jobs().await;
    booked.sort_by_key(|(moment, ..)| *moment);
    for (moment, row, booking) in &booked {
        let caller = match row.off {
            // Its deadlines come one after the other: it starts, ends and is done.
            Never(_) => {
                for days in [4, 2, 0] {
                    wait_until(&site, *moment - TimeDelta::days(days));
                    site.run_jobs().await;
                }
                assert_eq!(faults(&site).await, Vec::<String>::new(), "{}", row.what());
                continue;
            }
            ByAgent(_) => &site.cast.other_agent,
            _ => &site.cast.customer,
        };
        wait_until(&site, *moment);
        call_off(&site, caller, booking, row.back, &row.what()).await;
    }
    site.run_jobs().await;
    assert_eq!(faults(&site).await, Vec::<String>::new());
    for (_, row, booking) in &booked {
        let (state, payment) = status(&site, booking).await;
        assert_eq!((state.as_str(), payment.as_str()), row.ends, "{}", row.what());
        assert_eq!(money_of(&site, booking).await, row.books(), "{}", row.what());
    }
}

/// The time is this, or later already.
fn wait_until(site: &TestSite, moment: Instant) {
    site.clock.set(moment.max(site.now()));
}

impl Row {
    fn what(&self) -> String {
        format!("{} at {:?}, {:?}", self.guest.profile.slug, self.starts_at, self.off)
    }

    fn moment(&self, confirmed_at: Instant) -> Instant {
        let start = || self.starts_at.parse::<Instant>().expect("a time");
        match self.off {
            Before(hours, seconds) => start() - TimeDelta::hours(hours) - TimeDelta::seconds(seconds),
            After(hours, seconds) => confirmed_at + TimeDelta::hours(hours) + TimeDelta::seconds(seconds),
            ByAgent(hours) => start() - TimeDelta::hours(hours),
            Never(after) if self.starts_at.is_empty() => confirmed_at + after,
            Never(after) => start() + after,
        }
    }

    /// What the books say of the booking in the end: escrow is empty, and the provider owes us what is shared out.
    fn books(&self) -> BTreeMap<String, i64> {
        let [talent, commission, fees] = self.kept;
        let lines = [
            ("provider_clearing", self.total - self.back),
            ("celebrity_payable", -talent),
            ("commission", -commission),
            ("service_fees", -fees),
        ];
        lines.into_iter().filter(|(_, minor)| *minor != 0).map(|(kind, minor)| (kind.to_owned(), minor)).collect()
    }
}

async fn book_and_pay(site: &TestSite, guest: &InvitedGuest, row: &Row, turn: usize) -> Value {
    let booking = place(site, guest, row.starts_at, &format!("guest-{turn}")).await;
    let total = json!({"amount_minor": row.total, "currency": row.guest.profile.currency});
    assert_eq!(booking["total"], total, "{}", guest.slug);
    let paid = pay(&site.cast.customer, &booking, PAYS, "first").await.json();
    assert_eq!((&paid["state"], &paid["paid"]), (&json!("settled"), &total), "{}", guest.slug);
    booking
}

#[tokio::test]
async fn pages_write_the_price_with_the_decimals_that_its_money_has() {
    let site = TestSite::new().await;
    let browser = site.cast.customer.browser();
    for (guest, price, fee, total) in [
        (&TOKYO, "¥12,345", "¥617", "¥12,962"),
        (&KUWAIT, "KWD\u{a0}1,234.565", "KWD\u{a0}61.728", "KWD\u{a0}1,296.293"),
        (&STOCKHOLM, "SEK\u{a0}120,000.00", "SEK\u{a0}5,000.00", "SEK\u{a0}125,000.00"),
    ] {
        let invited = site.invite(guest).await;
        let starts_at = match guest.profile.slug {
            "emi-sato" => "?starts_at=2027-02-10T10:00:00Z",
            "farah-ali" => "?starts_at=2027-01-20T16:00:00Z",
            _ => "",
        };
        let page = browser.get(&format!("/book/{}/brief{starts_at}", invited.offering)).await.page();
        for sum in [price, fee, total] {
            assert!(page.contains(sum), "{sum} in {page}");
        }
    }
}
