//! The caller's bookings, in pages.

use serde_json::json;
use testkit::TestSite;

use crate::steps::journey::{at, book, text};

#[tokio::test]
async fn bookings_come_newest_first_and_page_by_page() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    let mut placed = Vec::new();
    for hour in [9, 11, 13] {
        site.clock.advance(chrono::TimeDelta::seconds(1));
        placed.push(book(customer, &site.cast.star, at(&site, 5, hour)).await);
    }
    let first = customer.get("/api/bookings?limit=2").await.json();
    let ids: Vec<&str> = first["items"].as_array().unwrap().iter().map(|item| text(item, "id")).collect();
    assert_eq!(ids, [text(&placed[2], "id"), text(&placed[1], "id")]);
    let rest = customer.get(&format!("/api/bookings?limit=2&cursor={}", text(&first, "next_cursor"))).await.json();
    assert_eq!((&rest["items"][0]["id"], &rest["next_cursor"]), (&placed[0]["id"], &json!(null)));
    assert_eq!(customer.get("/api/bookings?status=confirmed").await.json()["items"], json!([]));
    site.jobs_may_be_left();
}

#[tokio::test]
async fn a_status_that_is_none_is_refused() {
    let site = TestSite::new().await;
    let refused = site.cast.customer.get("/api/bookings?status=happy").await;
    assert_eq!((refused.status, refused.code().as_str()), (400, "invalid_query"), "{}", refused.text());
}
