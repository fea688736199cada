//! What each side sees of a booking.

use kernel::Scope;
use serde_json::{Value, json};
use testkit::{BookingState, TestSite};

use crate::steps::journey::{DECLINES, PAYS, at, book, book_and_pay, look, pay, text};
use crate::steps::keys::{get, make};
use crate::steps::passwords::give_password;

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
async fn a_key_for_bookings_sees_no_payment_in_them() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    give_password(&site, customer).await;
    let booking = site.booking(customer, &site.cast.star, 9, BookingState::AWAITING_PAYMENT).await;
    let path = format!("/api/bookings/{}", booking.id);
    let bookings = make(customer, "Bookings", &[Scope::BookingsRead]).await;
    let both = make(customer, "Both", &[Scope::BookingsRead, Scope::PaymentsRead]).await;
    assert_eq!(get(customer, &bookings, &path).await.json()["payment"], Value::Null);
    assert!(get(customer, &both, &path).await.json()["payment"].is_object());
    site.jobs_may_be_left();
}

#[tokio::test]
async fn the_talent_s_side_learns_who_booked_when_it_is_paid_and_not_before() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    sqlx::query("UPDATE people SET display_name = 'Zuleika Plantain' WHERE id = $1")
        .bind(cast.customer.id().0)
        .execute(site.test_database().database.pool())
        .await
        .unwrap();
    let booking = book(&cast.customer, &cast.star, at(&site, 5, 10)).await;
    pay(&cast.customer, &booking, DECLINES, "first").await;
    site.run_jobs().await;
    for is_paid in [false, true] {
        if is_paid {
            assert_eq!(pay(&cast.customer, &booking, PAYS, "second").await.json()["state"], "settled");
            site.run_jobs().await;
        }
        for caller in [&cast.celebrity, &cast.agent] {
            for path in [
                format!("/api/bookings/{}", text(&booking, "id")),
                "/api/bookings?side=talent".to_owned(),
                format!("/bookings/{}", text(&booking, "id")),
                "/dashboard".to_owned(),
            ] {
                let seen = caller.get(&path).await;
                assert_eq!((seen.status, seen.text().contains("Zuleika")), (200, is_paid), "{path}: {}", seen.text());
            }
        }
        let told: i64 = sqlx::query_scalar("SELECT count(*) FROM mails WHERE template LIKE '%talent'")
            .fetch_one(site.test_database().database.pool())
            .await
            .unwrap();
        assert_eq!(told, if is_paid { 2 } else { 0 });
    }
}
