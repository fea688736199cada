//! Placing a booking, again and wrongly.

use chrono::TimeDelta;
use serde_json::json;
use testkit::TestSite;

use crate::steps::journey::{ask_for, at};

#[tokio::test]
async fn a_retry_is_the_same_booking_and_another_body_is_a_mistake() {
    let site = TestSite::new().await;
    let (customer, star) = (&site.cast.customer, &site.cast.star);
    let first = ask_for(customer, star, at(&site, 5, 10), "one").await;
    let again = ask_for(customer, star, at(&site, 5, 10), "one").await;
    assert_eq!(first.body, again.body);
    assert_eq!(again.header("idempotency-replayed"), "true");
    let other = ask_for(customer, star, at(&site, 6, 10), "one").await;
    assert_eq!((other.status, other.code().as_str()), (422, "idempotency_key_reused"));
    site.jobs_may_be_left();
}

#[tokio::test]
async fn what_is_not_on_offer_cannot_be_booked() {
    let site = TestSite::new().await;
    let (customer, star) = (&site.cast.customer, &site.cast.star);
    let closed = ask_for(customer, star, at(&site, 5, 22), "closed").await;
    assert_eq!((closed.status, closed.code().as_str()), (422, "slot_not_offered"));
    assert_eq!(closed.problem()["alternatives"].as_array().unwrap().len(), 3);
    let gone = ask_for(customer, star, site.now() - TimeDelta::days(3), "gone").await;
    assert_eq!(gone.status, 422, "{}", gone.text());
    let own = ask_for(&site.cast.celebrity, star, at(&site, 5, 10), "own").await;
    assert_eq!((own.status, own.code().as_str()), (409, "own_profile"));
    let no_time = json!({"offering_id": star.call.id, "brief": "A birthday for my sister."});
    assert_eq!(customer.post("/api/bookings", &no_time).await.problem()["errors"][0]["field"], "starts_at");
    let request = json!({"offering_id": star.video.id, "brief": "A birthday for my sister."});
    assert_eq!(customer.post("/api/bookings", &request).await.problem()["errors"][0]["code"], "not_instant");
    let zone = json!({
        "offering_id": star.call.id,
        "starts_at": at(&site, 5, 10),
        "time_zone": "Moon/Base",
        "brief": "A birthday for my sister."
    });
    assert_eq!(customer.post("/api/bookings", &zone).await.problem()["errors"][0]["field"], "time_zone");
    let nobody = json!({"offering_id": "01939e00-0000-7000-8000-000000000000", "brief": "A birthday for my sister."});
    assert_eq!(customer.post("/api/bookings", &nobody).await.status, 404);
}

#[tokio::test]
async fn agents_do_not_book_whom_they_act_for() {
    let site = TestSite::new().await;
    let (cast, star) = (&site.cast, &site.cast.star);
    let own = ask_for(&cast.agent, star, at(&site, 5, 10), "own").await;
    assert_eq!((own.status, own.code().as_str()), (409, "own_profile"), "{}", own.text());
    let other = ask_for(&cast.other_agent, star, at(&site, 5, 10), "other").await;
    assert_eq!(other.status, 201, "{}", other.text());
    site.jobs_may_be_left();
}

#[tokio::test]
async fn what_is_too_soon_or_too_far_away_cannot_be_booked() {
    let site = TestSite::new().await;
    let (customer, star) = (&site.cast.customer, &site.cast.star);
    // An hour ahead at least, and half a year at most.
    for (starts_at, key, expected) in [
        (at(&site, 0, 12) + TimeDelta::minutes(30), "soon", (422, "slot_not_offered")),
        (at(&site, 0, 13), "in-time", (201, "")),
        (at(&site, 180, 10), "far", (201, "")),
        (at(&site, 181, 10), "too-far", (422, "slot_not_offered")),
    ] {
        let answer = ask_for(customer, star, starts_at, key).await;
        let code = if answer.status == 201 { String::new() } else { answer.code() };
        assert_eq!((answer.status, code.as_str()), expected, "{key}");
    }
    site.jobs_may_be_left();
}

#[tokio::test]
async fn a_key_whose_answer_was_forgotten_meanwhile_books_nothing() {
    let site = TestSite::new().await;
    let (customer, pool) = (&site.cast.customer, site.test_database().database.pool());
    // An earlier try has the key, and its answer is a day old and gone when it is looked up.
    for statement in [
        "CREATE FUNCTION is_used() RETURNS trigger LANGUAGE plpgsql AS
         'BEGIN RAISE unique_violation USING CONSTRAINT = ''idempotency_keys_pkey''; END'",
        "CREATE TRIGGER is_used BEFORE INSERT ON idempotency_keys FOR EACH ROW EXECUTE FUNCTION is_used()",
    ] {
        sqlx::query(statement).execute(pool).await.unwrap();
    }
    let refused = ask_for(customer, &site.cast.star, at(&site, 5, 10), "one").await;
    assert_eq!((refused.status, refused.code().as_str()), (409, "attempt_used"), "{}", refused.text());
    assert!(site.is_free(&site.cast.star, at(&site, 5, 10)).await);
    assert_eq!(customer.get("/api/bookings").await.json()["items"], json!([]));
}
