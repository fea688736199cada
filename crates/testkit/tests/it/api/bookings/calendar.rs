//! The booking as a calendar file.

use testkit::TestSite;
use testkit::guests::NEW_YORK;

use crate::steps::guests::place;
use crate::steps::journey::{at, book_and_pay, text};

#[tokio::test]
async fn the_calendar_file_follows_the_booking() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let booking = book_and_pay(&cast.customer, &cast.star, at(&site, 5, 10)).await;
    let file = cast.customer.get(&format!("/api/bookings/{}/calendar.ics", text(&booking, "id"))).await;
    assert!(file.header("content-type").starts_with("text/calendar"));
    for line in ["DTSTART:20261206T100000Z\r\n", "DTEND:20261206T103000Z\r\n", "STATUS:CONFIRMED\r\n", "SEQUENCE:2\r\n"]
    {
        assert!(file.text().contains(line), "{line} in {}", file.text());
    }
    site.jobs_may_be_left();
}

#[tokio::test]
async fn the_file_is_an_attachment_that_we_have_named_and_loads_nothing() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let booking = book_and_pay(&cast.customer, &cast.star, at(&site, 5, 10)).await;
    let path = format!("/api/bookings/{}/calendar.ics", text(&booking, "id"));
    let file = cast.customer.get(&path).await;
    let reference = text(&booking, "reference");
    assert!(reference.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'), "{reference}");
    assert_eq!(file.header("content-disposition"), format!("attachment; filename=\"{reference}.ics\""));
    for answer in [file, cast.customer.get("/api/me").await, cast.anonymous.get("/api/me").await] {
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert!(answer.header("content-security-policy").starts_with("default-src 'none'"), "{}", answer.text());
    }
    site.jobs_may_be_left();
}

#[tokio::test]
async fn the_file_of_somebody_else_is_not_found() {
    let site = TestSite::new().await;
    let booking = book_and_pay(&site.cast.customer, &site.cast.star, at(&site, 5, 10)).await;
    let path = format!("/api/bookings/{}/calendar.ics", text(&booking, "id"));
    assert_eq!(site.cast.other_customer.get(&path).await.code(), "not_found");
    site.run_jobs().await;
}

#[tokio::test]
async fn what_takes_no_time_has_no_file() {
    let site = TestSite::new().await;
    let video = place(&site, &site.invite(&NEW_YORK).await, "", "video").await;
    let refused = site.cast.customer.get(&format!("/api/bookings/{}/calendar.ics", text(&video, "id"))).await;
    assert_eq!((refused.status, refused.code().as_str()), (409, "no_time"), "{}", refused.text());
    site.jobs_may_be_left();
}
