//! From finding a time to its end, over the API.

use chrono::TimeDelta;
use serde_json::json;
use testkit::TestSite;

use crate::journey::{PAYS, ask_for, at, balance, book, book_and_pay, faults, look, mails, pay, status, text};

#[tokio::test]
async fn a_time_is_held_paid_and_confirmed() {
    let site = TestSite::new().await;
    let (customer, star) = (&site.cast.customer, &site.cast.star);
    let booking = book(customer, star, at(&site, 5, 10)).await;
    assert_eq!((text(&booking, "status"), text(&booking, "payment_status")), ("awaiting_payment", "pending"));
    assert_eq!(booking["actions"], json!(["pay", "cancel"]));
    assert_eq!(booking["total"]["amount_minor"], 26_250);
    assert_eq!(booking["celebrity"]["slug"], star.slug);

    let paid = pay(customer, &booking, PAYS, "first").await;
    assert_eq!(paid.json()["legs"][0]["state"], "captured", "{}", paid.text());
    let confirmed = look(customer, &booking).await;
    assert_eq!((text(&confirmed, "status"), text(&confirmed, "payment_status")), ("confirmed", "paid"));
    let kinds: Vec<&str> = confirmed["history"].as_array().unwrap().iter().map(|line| text(line, "kind")).collect();
    assert_eq!(kinds, ["held", "confirmed"]);
    assert_eq!(confirmed["payment"]["state"], "settled");

    site.run_jobs().await;
    assert_eq!(mails(&site, "booking_confirmed_customer", &booking).await, 1);
    // The celebrity and the agent who signs.
    assert_eq!(mails(&site, "booking_confirmed_talent", &booking).await, 2);
    assert_eq!(balance(&site, "booking_escrow").await, -26_250);
    assert!(faults(&site).await.is_empty());
}

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
async fn both_sides_and_the_staff_see_a_booking_and_the_money_is_the_customer_s() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let booking = book_and_pay(&cast.customer, &cast.star, at(&site, 5, 10)).await;
    for caller in [&cast.celebrity, &cast.agent] {
        let seen = look(caller, &booking).await;
        assert_eq!(seen["payment"], serde_json::Value::Null, "{}", caller.name);
        assert_eq!(seen["actions"], json!(["cancel"]));
        assert_eq!(seen["customer"]["display_name"], "customer", "{}", caller.name);
        let page = caller.get(&format!("/bookings/{}", text(&booking, "id"))).await.text();
        // What they are booked for, without what the customer pays us.
        assert!(page.contains("for customer") && page.contains("$250.00") && !page.contains("262.50"), "{page}");
        let list = caller.get("/api/bookings?side=talent").await.json();
        assert_eq!(list["items"][0]["id"], booking["id"]);
    }
    assert_eq!(look(&cast.support, &booking).await["payment"]["state"], "settled");
    let mine = cast.customer.get("/api/bookings?status=confirmed").await.json();
    assert_eq!(mine["items"].as_array().unwrap().len(), 1);
    assert_eq!(mine["items"][0]["customer"], serde_json::Value::Null);
    assert!(cast.other_customer.get("/api/bookings").await.json()["items"].as_array().unwrap().is_empty());
    let paying = pay(&cast.agent, &booking, PAYS, "agent").await;
    assert_eq!((paying.status, paying.code().as_str()), (403, "not_your_move"));
    site.jobs_may_be_left();
}

#[tokio::test]
async fn an_agent_who_may_not_sign_sees_a_booking_and_calls_nothing_off() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let booking = book_and_pay(&cast.customer, &cast.star, at(&site, 5, 10)).await;
    sqlx::query("UPDATE representations SET scopes = '{message}' WHERE agent_id = $1")
        .bind(cast.agent.id().0)
        .execute(site.test_database().database.pool())
        .await
        .unwrap();
    let seen = look(&cast.agent, &booking).await;
    assert_eq!(seen["actions"], json!([]));
    let listed = cast.agent.get("/api/bookings?side=talent").await.json();
    assert_eq!((&listed["items"][0]["id"], &listed["items"][0]["actions"]), (&booking["id"], &json!([])));
    let path = format!("/api/bookings/{}/cancellation", text(&booking, "id"));
    let body = json!({"expected_refund_minor": 26_250});
    let refused = cast.agent.call("POST", &path, Some(&body), &[("idempotency-key", "off")]).await;
    assert_eq!((refused.status, refused.code().as_str()), (403, "not_your_move"), "{}", refused.text());
    let feed = json!({"celebrity_id": cast.star.id, "name": "Tour", "address": "https://calendar.example/tour.ics"});
    assert_eq!(cast.agent.post("/api/calendars", &feed).await.status, 404, "nor keeps their calendar");
    site.jobs_may_be_left();
}

#[tokio::test]
async fn what_is_not_on_offer_cannot_be_booked() {
    let site = TestSite::new().await;
    let (customer, star) = (&site.cast.customer, &site.cast.star);
    let closed = ask_for(customer, star, at(&site, 5, 22), "closed").await;
    assert_eq!((closed.status, closed.code().as_str()), (422, "slot_not_offered"));
    assert_eq!(closed.json()["alternatives"].as_array().unwrap().len(), 3);
    let gone = ask_for(customer, star, site.now() - TimeDelta::days(3), "gone").await;
    assert_eq!(gone.status, 422, "{}", gone.text());
    let own = ask_for(&site.cast.celebrity, star, at(&site, 5, 10), "own").await;
    assert_eq!((own.status, own.code().as_str()), (409, "own_profile"));
    let no_time = json!({"offering_id": star.call.id, "brief": "A birthday for my sister."});
    assert_eq!(customer.post("/api/bookings", &no_time).await.json()["errors"][0]["field"], "starts_at");
    let request = json!({"offering_id": star.video.id, "brief": "A birthday for my sister."});
    assert_eq!(customer.post("/api/bookings", &request).await.json()["errors"][0]["code"], "not_instant");
    let zone = json!({
        "offering_id": star.call.id,
        "starts_at": at(&site, 5, 10),
        "time_zone": "Moon/Base",
        "brief": "A birthday for my sister."
    });
    assert_eq!(customer.post("/api/bookings", &zone).await.json()["errors"][0]["field"], "time_zone");
    let nobody = json!({"offering_id": "01939e00-0000-7000-8000-000000000000", "brief": "A birthday for my sister."});
    assert_eq!(customer.post("/api/bookings", &nobody).await.status, 404);
}

#[tokio::test]
async fn a_hold_that_nobody_pays_lapses_and_frees_its_time() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let booking = book(&cast.customer, &cast.star, at(&site, 5, 10)).await;
    site.run_jobs().await;
    site.clock.advance(TimeDelta::minutes(15) - TimeDelta::seconds(1));
    site.run_jobs().await;
    assert_eq!(status(&site, &booking).await.0, "awaiting_payment");
    site.clock.advance(TimeDelta::seconds(1));
    site.run_jobs().await;
    assert_eq!(status(&site, &booking).await.0, "expired");
    assert!(site.is_free(&cast.star, at(&site, 5, 10)).await);
}

#[tokio::test]
async fn a_lapsed_hold_keeps_nobody_out_even_before_it_is_cleared() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    book(&cast.customer, &cast.star, at(&site, 5, 10)).await;
    site.clock.advance(TimeDelta::minutes(15));
    let other = cast.other_customer.signed_in_anew(&site).await;
    book(&other, &cast.star, at(&site, 5, 10)).await;
    site.jobs_may_be_left();
}

#[tokio::test]
async fn a_lapsed_hold_that_somebody_has_locked_is_not_waited_for() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    book(&cast.customer, &cast.star, at(&site, 5, 10)).await;
    site.clock.advance(TimeDelta::minutes(15));
    let other = cast.other_customer.signed_in_anew(&site).await;
    let mut holder = site.test_database().database.begin().await.expect("begins");
    sqlx::query("SELECT FROM allocations FOR UPDATE").execute(&mut *holder).await.expect("locks");
    let began = std::time::Instant::now();
    let answer = ask_for(&other, &cast.star, at(&site, 5, 10), "meanwhile").await;
    assert_eq!((answer.status, answer.code().as_str()), (409, "slot_taken"), "{}", answer.text());
    assert!(began.elapsed() < std::time::Duration::from_secs(3), "took {:?}", began.elapsed());
    holder.rollback().await.expect("gives the hold back");
    book(&other, &cast.star, at(&site, 5, 10)).await;
    site.jobs_may_be_left();
}

#[tokio::test]
async fn a_confirmed_booking_runs_its_course_by_its_deadlines() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let booking = book_and_pay(&cast.customer, &cast.star, at(&site, 5, 10)).await;
    for (hours, expected) in [(0, "confirmed"), (120, "in_progress"), (3, "delivered"), (48, "completed")] {
        site.clock.advance(TimeDelta::hours(hours));
        site.run_jobs().await;
        assert_eq!(status(&site, &booking).await.0, expected, "after {hours} hours more");
    }
    // 250.00 less 15 % is the celebrity's; the rest is commission and the fee.
    assert_eq!(balance(&site, "celebrity_payable").await, -21_250);
    assert_eq!(balance(&site, "commission").await, -3_750);
    assert_eq!(balance(&site, "service_fees").await, -1_250);
    assert_eq!(balance(&site, "booking_escrow").await, 0);
    assert!(faults(&site).await.is_empty());
}

#[tokio::test]
async fn the_refund_that_was_shown_is_the_refund_that_is_paid() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let booking = book_and_pay(&cast.customer, &cast.star, at(&site, 9, 10)).await;
    let path = |end: &str| format!("/api/bookings/{}/{end}", text(&booking, "id"));
    let preview = cast.customer.get(&path("cancellation-preview")).await.json();
    assert_eq!((preview["percent"].as_i64(), preview["total"]["amount_minor"].as_i64()), (Some(100), Some(26_250)));
    let wrong = cast.customer.post(&path("cancellation"), &json!({"expected_refund_minor": 1})).await;
    assert_eq!((wrong.status, wrong.code().as_str()), (409, "refund_changed"));
    assert!(wrong.json()["refund"]["amount_minor"].is_i64(), "the new refund is told");
    let done = cast.customer.post(&path("cancellation"), &json!({"expected_refund_minor": 26_250})).await;
    assert_eq!((done.status, done.json()["payment_status"].as_str()), (200, Some("refunding")), "{}", done.text());
    let twice = cast
        .customer
        .call(
            "POST",
            &path("cancellation"),
            Some(&json!({"expected_refund_minor": 26_250})),
            &[("idempotency-key", "two")],
        )
        .await;
    assert_eq!((twice.status, twice.code().as_str()), (409, "booking_state"));

    site.run_jobs().await;
    let after = look(&cast.customer, &booking).await;
    assert_eq!((text(&after, "status"), text(&after, "payment_status")), ("cancelled", "refunded"));
    assert_eq!(after["payment"]["refunds"][0]["state"], "succeeded");
    assert_eq!(mails(&site, "booking_cancelled_customer", &booking).await, 1);
    assert_eq!(mails(&site, "booking_cancelled_talent", &booking).await, 2);
    assert_eq!((balance(&site, "booking_escrow").await, balance(&site, "provider_clearing").await), (0, 0));
    book(&cast.other_customer, &cast.star, at(&site, 9, 10)).await;
    site.run_jobs().await;
    assert!(faults(&site).await.is_empty());
}

#[tokio::test]
async fn who_cancels_late_pays_and_the_talent_is_paid() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let booking = book_and_pay(&cast.customer, &cast.star, at(&site, 3, 10)).await;
    site.run_jobs().await;
    // Two hours before the start nothing comes back.
    site.clock.advance(at(&site, 3, 10) - site.now() - TimeDelta::hours(2));
    let customer = cast.customer.signed_in_anew(&site).await;
    let path = format!("/api/bookings/{}/cancellation", text(&booking, "id"));
    let done = customer.post(&path, &json!({"expected_refund_minor": 0})).await;
    assert_eq!(done.status, 200, "{}", done.text());
    site.run_jobs().await;
    assert_eq!(status(&site, &booking).await, ("cancelled".to_owned(), "paid".to_owned()));
    assert_eq!(balance(&site, "celebrity_payable").await, -21_250);
    assert!(faults(&site).await.is_empty());
}

#[tokio::test]
async fn a_talent_who_cancels_returns_everything() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let booking = book_and_pay(&cast.customer, &cast.star, at(&site, 3, 10)).await;
    let path = format!("/api/bookings/{}/cancellation", text(&booking, "id"));
    let done = cast.agent.post(&path, &json!({"expected_refund_minor": 26_250})).await;
    assert_eq!((done.status, done.json()["cancelled_by"].as_str()), (200, Some("talent")), "{}", done.text());
    site.run_jobs().await;
    assert_eq!(status(&site, &booking).await, ("cancelled".to_owned(), "refunded".to_owned()));
    assert_eq!(balance(&site, "booking_escrow").await, 0);
}

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
