//! A server whose connections to the database are all taken.

use testkit::TestSite;

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
    let paid = pay(customer, &booking, PAYS, "first").await;
    // Our rows are written; the sandbox asks the pool itself for its own, finds nothing, and a job asks it again later.
    assert_eq!((paid.status, paid.json()["legs"][0]["state"].as_str()), (200, Some("created")), "{}", paid.text());
    drop(held);
    site.jobs_may_be_left();
}
