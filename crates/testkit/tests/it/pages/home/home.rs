//! The front page.

use chrono::TimeDelta;
use testkit::TestSite;

use crate::steps::journey::{at, book_and_pay};

#[tokio::test]
async fn the_front_page_leads_to_the_search_and_to_profiles() {
    let site = TestSite::new().await;
    let home = site.cast.anonymous.get("/").await;
    assert_eq!(home.status, 200);
    let text = home.page();
    assert!(text.contains("<h1>Meet them where the lights go out.</h1>"), "{text}");
    assert!(text.contains("action=\"/discover\"") && text.contains("href=\"/celebrities/ada-quill\""), "{text}");
}

#[tokio::test]
async fn who_is_free_this_weekend_comes_first_with_the_whole_price() {
    let site = TestSite::new().await;
    // A booking has the days computed that have room.
    book_and_pay(&site.cast.customer, &site.cast.star, at(&site, 9, 10)).await;
    site.run_jobs().await;
    site.clock.advance(TimeDelta::seconds(20));
    site.run_jobs().await;
    let home = site.cast.anonymous.get("/").await.page();
    // The first of December 2026 is a Tuesday.
    assert!(home.contains("<a href=\"/discover?available_on=2026-12-05\">All 1</a>"), "{home}");
    assert!(home.contains("Free Sat 5 December") && home.contains("<span>from $84</span>"), "{home}");
}

#[tokio::test]
async fn a_house_in_which_nobody_is_yet_says_so() {
    let site = TestSite::new().await;
    sqlx::query("UPDATE celebrities SET status = 'draft'")
        .execute(site.test_database().database.pool())
        .await
        .expect("updates");
    let home = site.cast.anonymous.get("/").await.page();
    assert!(home.contains("<h2>The stage is not set yet.</h2>") && !home.contains("Free this weekend"), "{home}");
    assert!(!home.contains("href=\"/celebrities/"), "{home}");
}
