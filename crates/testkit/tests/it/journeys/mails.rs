//! The mails about a booking, read: each reader's own clock, what each pays or gets, and what the calendar file says.

use chrono::TimeDelta;
use kernel::Instant;
use testkit::TestSite;
use testkit::guests::KUWAIT;

use crate::steps::guests::{call_off, place};
use crate::steps::journey::{PAYS, pay, text};

/// To whom, the subject, the text and the calendar file.
type Mail = (String, String, String, Option<String>);

async fn read(site: &TestSite, template: &str) -> Mail {
    sqlx::query_as("SELECT to_address, subject, body_text, attachment ->> 'text' FROM mails WHERE template = $1")
        .bind(template)
        .fetch_one(site.test_database().database.pool())
        .await
        .unwrap_or_else(|error| panic!("{template}: {error}"))
}

/// Each of the words, in this order.
fn says(mail: &str, words: &[&str]) {
    let mut rest = mail;
    for word in words {
        let found = rest.find(word).unwrap_or_else(|| panic!("{word:?} is not there, or not in its place: {mail}"));
        rest = &rest[found + word.len()..];
    }
}

#[tokio::test]
async fn each_side_reads_its_own_time_and_its_own_sums() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    sqlx::query("UPDATE people SET time_zone = 'Asia/Kuwait' WHERE id = $1")
        .bind(cast.other_agent.id().0)
        .execute(site.test_database().database.pool())
        .await
        .expect("updates");
    let guest = site.invite(&KUWAIT).await;
    let booking = place(&site, &guest, "2027-01-20T16:00:00Z", "booking").await;
    let (reference, page) =
        (text(&booking, "reference"), format!("https://stagedoor.test/bookings/{}", text(&booking, "id")));
    pay(&cast.customer, &booking, PAYS, "first").await;
    site.run_jobs().await;

    let (to, subject, body, file) = read(&site, "booking_confirmed_customer").await;
    assert_eq!((to.as_str(), subject.as_str()), ("customer@example.org", "Confirmed: An evening with farah-ali"));
    let (there, here) =
        ("Wednesday 20 January 2027, 19:00 (Kuwait time)", "Wednesday 20 January 2027, 16:00 (Lisbon time)");
    says(&body, &["Hello customer.", here, "Paid: KWD\u{a0}1,296.293", reference, &page]);
    says(&file.expect("a calendar file"), &["DTSTART:20270120T160000Z", "DTEND:20270120T180000Z", "STATUS:CONFIRMED"]);
    let (to, subject, body, _) = read(&site, "booking_confirmed_talent").await;
    assert_eq!((to.as_str(), subject), ("other-agent@example.org", format!("New booking for farah-ali: {there}")));
    says(&body, &[there, "Price: KWD\u{a0}1,234.565", reference, "A birthday for my sister.", &page]);
    assert!(!body.contains("1,296.293"), "what the customer pays us is not theirs to know: {body}");

    let start: Instant = "2027-01-20T16:00:00Z".parse().expect("a time");
    site.clock.advance(start - TimeDelta::hours(168) - site.now());
    call_off(&site, &cast.customer, &booking, 617_282, "half").await;
    site.run_jobs().await;
    let (_, _, body, file) = read(&site, "booking_cancelled_customer").await;
    says(&body, &[here, "is cancelled, as you asked", "KWD\u{a0}617.282 is on its way back to you"]);
    says(&file.expect("a calendar file"), &["DTSTART:20270120T160000Z", "STATUS:CANCELLED"]);
    let (_, _, body, _) = read(&site, "booking_cancelled_talent").await;
    says(&body, &[there, "was cancelled by the customer", "The time is free again"]);
    assert!(!body.contains("KWD"), "{body}");
    let (to, _, body, _) = read(&site, "booking_refunded").await;
    assert_eq!(to, "customer@example.org");
    says(&body, &["An evening", reference]);
}
