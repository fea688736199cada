//! A server whose connections to the database are all taken, or have all ended.

use std::time::Duration;

use chrono::TimeDelta;
use serde_json::json;
use testkit::TestSite;

use crate::steps::gifts::tender;
use crate::steps::journey::{PAYS, at, book, pay};

#[tokio::test]
async fn a_payment_gets_a_connection_where_reading_gets_none() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    let booking = book(customer, &site.cast.star, at(&site, 5, 10)).await;
    let database = &site.test_database().database;
    let mut held = Vec::new();
    for _ in 0..database.pool().size_max() {
        held.push(database.acquire().await.expect("there is one"));
    }
    let read = customer.get("/api/bookings").await;
    assert_eq!((read.status, read.code()), (503, "database_unavailable".to_owned()), "{}", read.text());
    let paid = tender(customer, &booking, json!({"method": "card", "card": {"number": PAYS}}), "first").await;
    assert_eq!((paid.status, paid.json()["legs"][0]["state"].as_str()), (200, Some("captured")), "{}", paid.text());
    drop(held);
    site.run_jobs().await;
}

#[tokio::test]
async fn nobody_notices_that_the_database_has_ended_every_connection() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    let booking = book(customer, &site.cast.star, at(&site, 5, 10)).await;
    crash(&site).await;
    let shown = customer.browser().get("/dashboard").await;
    assert_eq!(shown.status, 200, "{}", shown.text());
    crash(&site).await;
    let read = customer.get("/api/bookings").await;
    assert_eq!(read.status, 200, "{}", read.text());
    crash(&site).await;
    let paid = pay(customer, &booking, PAYS, "first").await;
    assert_eq!((paid.status, paid.json()["legs"][0]["state"].as_str()), (200, Some("captured")), "{}", paid.text());
    site.run_jobs().await;
}

/// Ends every connection, and takes as long as a server that starts again at least. Nobody is remembered as signed in afterwards.
async fn crash(site: &TestSite) {
    assert!(site.test_database().end_connections().await > 1);
    tokio::time::sleep(Duration::from_millis(120)).await;
    site.clock.advance(TimeDelta::seconds(10));
}
