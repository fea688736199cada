//! Open and taken time as a public feed.

use testkit::TestSite;

use crate::steps::journey::{at, book_and_pay};

#[tokio::test]
async fn the_feed_tells_that_time_is_taken_and_not_by_whom() {
    let site = TestSite::new().await;
    let star = &site.cast.star;
    book_and_pay(&site.cast.customer, star, at(&site, 5, 10)).await;
    let feed = site.cast.anonymous.get(&format!("/api/celebrities/{}/calendar.ics", star.slug)).await;
    assert!(feed.header("content-type").starts_with("text/calendar"));
    let text = feed.text();
    assert!(text.starts_with("BEGIN:VCALENDAR\r\n"), "{text}");
    assert!(text.contains(&format!("taken-{}", at(&site, 5, 10).timestamp())), "{text}");
    assert!(!text.contains("customer") && !text.contains("birthday"), "{text}");
    assert_eq!(site.cast.anonymous.get("/api/celebrities/nobody/calendar.ics").await.code(), "not_found");
    site.run_jobs().await;
}

#[tokio::test]
async fn a_free_day_is_open_and_tells_of_nothing_taken() {
    let site = TestSite::new().await;
    let feed = site.cast.anonymous.get(&format!("/api/celebrities/{}/calendar.ics", site.cast.star.slug)).await.text();
    assert!(!feed.contains("UID:taken-") && feed.trim_end().ends_with("END:VCALENDAR"), "{feed}");
}
