//! Charges that are lost, late or of another amount, to their end.

use chrono::TimeDelta;
use testkit::TestSite;
use workflows::payment::answer_challenge;

use crate::steps::journey::{
    ASKS, LOSES_THE_ANSWER, PAYS, at, balance, book, challenge, faults, leg, look, mails, pay, status, text,
};
use crate::steps::log::{Line, Log};

#[tokio::test]
async fn a_form_posted_again_after_a_server_of_the_previous_release_took_the_money_pays_nothing_back() {
    let site = TestSite::new().await;
    let (cast, chance) = (&site.cast, &*site.site.chance);
    let booking = book(&cast.customer, &cast.star, at(&site, 5, 10)).await;
    let asked = pay(&cast.customer, &booking, ASKS, "first").await.json();
    let id = kernel::BookingId(text(&booking, "id").parse().expect("an id"));
    let leg_id = kernel::LegId(text(leg(&asked), "id").parse().expect("an id"));
    let mut tx = site.site.database.begin().await.expect("begins");
    let mut locked = bookings::commands::lock(&mut tx, id).await.expect("locks");
    for statement in [
        "UPDATE payment_legs SET state = 'captured', captured_minor = share_minor, action_url = NULL",
        "UPDATE payment_intents SET state = 'settled', settled_at = created_at",
    ] {
        sqlx::query(statement).execute(&mut *tx).await.expect("updates");
    }
    let captured =
        payments::templates::card_captured(id.into(), leg_id, leg_id.0, locked.terms.total()).expect("balances");
    payments::commands::post(&mut tx, chance, site.now(), &[captured]).await.expect("posts");
    let settle_by = site.now() + TimeDelta::days(1);
    bookings::commands::confirm_if_free(&mut tx, chance, site.now(), &mut locked, settle_by).await.expect("confirms");
    tx.commit().await.expect("commits");
    answer_challenge(&site.site, challenge(&asked), true).await.expect("is answered");
    site.run_jobs().await;
    let payment = &look(&cast.customer, &booking).await["payment"];
    assert_eq!((text(payment, "state"), &payment["refunds"]), ("settled", &serde_json::json!([])));
    assert_eq!(
        (status(&site, &booking).await.0.as_str(), balance(&site, "provider_clearing").await),
        ("confirmed", 26_250)
    );
    assert_eq!(faults(&site).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_lost_answer_is_found_by_the_job() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let booking = book(&cast.customer, &cast.star, at(&site, 5, 10)).await;
    let lost = pay(&cast.customer, &booking, LOSES_THE_ANSWER, "first").await.json();
    assert_eq!(text(leg(&lost), "state"), "created");
    // Trying again in the meantime finds the same charge instead of making another.
    let again = pay(&cast.customer, &booking, PAYS, "second").await.json();
    assert_eq!((text(&again, "state"), again["legs"].as_array().unwrap().len()), ("settled", 1));
    site.clock.advance(TimeDelta::seconds(20));
    site.run_jobs().await;
    assert_eq!(balance(&site, "provider_clearing").await, 26_250);
    assert_eq!(mails(&site, "booking_confirmed_customer", &booking).await, 1);
}

#[tokio::test]
async fn another_amount_than_was_asked_for_pays_nothing_and_goes_back() {
    let site = TestSite::new().await;
    let (cast, pool) = (&site.cast, site.test_database().database.pool());
    let booking = book(&cast.customer, &cast.star, at(&site, 5, 10)).await;
    pay(&cast.customer, &booking, LOSES_THE_ANSWER, "first").await;
    sqlx::query("UPDATE sandbox_card_payments SET amount_minor = 100").execute(pool).await.unwrap();
    site.clock.advance(TimeDelta::seconds(20));
    let log = Log::start();
    let is_complaint = |line: &Line| line.get("message").is_some_and(|message| message.contains("took another amount"));
    site.run_jobs().await;
    let complaints = log.take().into_iter().filter(&is_complaint);
    assert_eq!(complaints.count(), 1);
    let seen = look(&cast.customer, &booking).await;
    assert_eq!((text(&seen, "status"), text(&seen["payment"], "state")), ("awaiting_payment", "open"));
    assert_eq!(text(leg(&seen["payment"]), "failure_code"), "other_amount");
    let back: i64 =
        sqlx::query_scalar("SELECT refunded_minor FROM sandbox_card_payments").fetch_one(pool).await.unwrap();
    assert_eq!((back, balance(&site, "provider_clearing").await), (100, 0));
    // It went through the books, and was owed to nobody but its payer.
    let (paid, surplus) = (&seen["payment"]["paid"], &seen["payment"]["surplus"]);
    assert_eq!((paid["amount_minor"].as_i64(), surplus["amount_minor"].as_i64()), (Some(100), Some(100)));
    assert_eq!(text(&seen["payment"]["refunds"][0], "reason"), "other_amount");
    assert_eq!(balance(&site, "unapplied_receipts").await, 0);
    assert!(faults(&site).await.is_empty());
    assert_eq!(text(&pay(&cast.customer, &booking, PAYS, "second").await.json(), "state"), "settled");
    assert!(!log.take().iter().any(is_complaint));
    site.run_jobs().await;
}

#[tokio::test]
async fn a_charge_that_shows_up_after_the_next_one_has_paid_goes_back() {
    let site = TestSite::new().await;
    let (cast, pool) = (&site.cast, site.test_database().database.pool());
    let booking = book(&cast.customer, &cast.star, at(&site, 5, 10)).await;
    pay(&cast.customer, &booking, LOSES_THE_ANSWER, "first").await;
    // The provider has not seen it yet, and cannot say that it never will.
    site.cards.cannot_close_keys();
    sqlx::query("UPDATE sandbox_card_payments SET idempotency_key = 'late:' || idempotency_key")
        .execute(pool)
        .await
        .unwrap();
    site.clock.advance(TimeDelta::seconds(31));
    site.run_jobs().await;
    let seen = look(&cast.customer, &booking).await;
    assert_eq!(text(leg(&seen["payment"]), "failure_code"), "no_answer");
    assert_eq!(text(&pay(&cast.customer, &booking, PAYS, "second").await.json(), "state"), "settled");
    sqlx::query("UPDATE sandbox_card_payments SET idempotency_key = substr(idempotency_key, 6) WHERE idempotency_key LIKE 'late:%'")
        .execute(pool)
        .await
        .unwrap();
    site.clock.advance(TimeDelta::hours(1));
    site.run_jobs().await;
    assert_eq!(status(&site, &booking).await.0, "confirmed");
    assert_eq!(balance(&site, "provider_clearing").await, 26_250, "one of the two went back");
    assert!(faults(&site).await.is_empty());
}

#[tokio::test]
async fn a_late_charge_is_looked_for_a_last_time_when_nobody_could_for_a_day() {
    let site = TestSite::new().await;
    let (cast, pool) = (&site.cast, site.test_database().database.pool());
    let booking = book(&cast.customer, &cast.star, at(&site, 5, 10)).await;
    pay(&cast.customer, &booking, LOSES_THE_ANSWER, "first").await;
    let hide = "UPDATE sandbox_card_payments SET idempotency_key = 'late:' || idempotency_key";
    sqlx::query(hide).execute(pool).await.unwrap();
    site.clock.advance(TimeDelta::seconds(31));
    site.run_jobs().await;
    let show = "UPDATE sandbox_card_payments SET idempotency_key = substr(idempotency_key, 6)";
    sqlx::query(show).execute(pool).await.unwrap();
    // No server ran meanwhile.
    site.clock.advance(TimeDelta::days(1));
    site.run_jobs().await;
    let (state, _) = status(&site, &booking).await;
    // The hold had lapsed, the time was still free.
    assert_eq!((state.as_str(), balance(&site, "provider_clearing").await), ("confirmed", 26_250));
    assert!(faults(&site).await.is_empty());
}

#[tokio::test]
async fn money_that_comes_when_the_time_has_begun_goes_back() {
    let site = TestSite::new().await;
    let (cast, pool) = (&site.cast, site.test_database().database.pool());
    let starts_at = at(&site, 5, 10);
    let booking = book(&cast.customer, &cast.star, starts_at).await;
    pay(&cast.customer, &booking, LOSES_THE_ANSWER, "first").await;
    // Nobody was there to see the hold lapse.
    sqlx::query("UPDATE booking_deadlines SET due_at = $1")
        .bind(starts_at + TimeDelta::hours(9))
        .execute(pool)
        .await
        .unwrap();
    site.clock.advance(starts_at - site.now());
    site.run_jobs().await;
    assert_eq!(status(&site, &booking).await, ("expired".to_owned(), "refunded".to_owned()));
    assert_eq!(balance(&site, "provider_clearing").await, 0);
}

#[tokio::test]
async fn a_payment_a_second_late_confirms_if_the_time_is_free() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let booking = book(&cast.customer, &cast.star, at(&site, 5, 10)).await;
    let asked = pay(&cast.customer, &booking, ASKS, "first").await.json();
    site.clock.advance(TimeDelta::minutes(15) + TimeDelta::seconds(1));
    answer_challenge(&site.site, challenge(&asked), true).await.expect("is answered");
    assert_eq!(status(&site, &booking).await, ("confirmed".to_owned(), "paid".to_owned()));
    site.run_jobs().await;
    assert_eq!(mails(&site, "booking_confirmed_customer", &booking).await, 1);
    assert!(faults(&site).await.is_empty());
}

#[tokio::test]
async fn a_payment_a_second_late_goes_back_if_the_time_is_gone() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let booking = book(&cast.customer, &cast.star, at(&site, 5, 10)).await;
    let asked = pay(&cast.customer, &booking, ASKS, "first").await.json();
    site.clock.advance(TimeDelta::minutes(15) + TimeDelta::seconds(1));
    let faster = cast.other_customer.signed_in_anew(&site).await;
    let theirs = book(&faster, &cast.star, at(&site, 5, 10)).await;
    answer_challenge(&site.site, challenge(&asked), true).await.expect("is answered");
    assert_eq!(status(&site, &booking).await, ("expired".to_owned(), "refunding".to_owned()));
    site.run_jobs().await;
    assert_eq!(status(&site, &booking).await, ("expired".to_owned(), "refunded".to_owned()));
    assert_eq!(mails(&site, "payment_returned", &booking).await, 1);
    assert_eq!(mails(&site, "booking_refunded", &booking).await, 1);
    assert_eq!(status(&site, &theirs).await.0, "awaiting_payment");
    assert_eq!((balance(&site, "provider_clearing").await, balance(&site, "booking_escrow").await), (0, 0));
    assert!(faults(&site).await.is_empty());
}

#[tokio::test]
async fn an_abandoned_payment_is_given_up_at_the_bank_before_the_time_is_let_go() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let booking = book(&cast.customer, &cast.star, at(&site, 5, 10)).await;
    let asked = pay(&cast.customer, &booking, ASKS, "first").await.json();
    site.clock.advance(TimeDelta::minutes(15));
    site.run_jobs().await;
    assert_eq!(status(&site, &booking).await.0, "expired");
    assert!(site.is_free(&cast.star, at(&site, 5, 10)).await);
    // Too late for the payer: the bank knows that nobody waits for it any more.
    answer_challenge(&site.site, challenge(&asked), true).await.expect("is answered");
    site.run_jobs().await;
    assert_eq!((status(&site, &booking).await.0.as_str(), balance(&site, "provider_clearing").await), ("expired", 0));
}

#[tokio::test]
async fn a_lost_answer_counts_when_the_hold_ends() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let booking = book(&cast.customer, &cast.star, at(&site, 5, 10)).await;
    pay(&cast.customer, &booking, LOSES_THE_ANSWER, "first").await;
    // No job ran in between: the deadline itself asks the provider first.
    site.clock.advance(TimeDelta::minutes(16));
    site.run_jobs().await;
    assert_eq!(status(&site, &booking).await, ("confirmed".to_owned(), "paid".to_owned()));
}

#[tokio::test]
async fn a_booking_cancelled_while_the_bank_thinks_takes_no_money() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let booking = book(&cast.customer, &cast.star, at(&site, 5, 10)).await;
    pay(&cast.customer, &booking, LOSES_THE_ANSWER, "first").await;
    let path = format!("/api/bookings/{}/cancellation", text(&booking, "id"));
    let done = cast.customer.post(&path, &serde_json::json!({"expected_refund_minor": 0})).await;
    assert_eq!(done.status, 200, "{}", done.text());
    // The money was already taken, so it goes back by itself.
    site.run_jobs().await;
    assert_eq!(status(&site, &booking).await, ("cancelled".to_owned(), "refunded".to_owned()));
    assert_eq!(balance(&site, "provider_clearing").await, 0);
    site.clock.advance(TimeDelta::seconds(20));
    site.run_jobs().await;
    assert!(faults(&site).await.is_empty());
}

#[tokio::test]
async fn money_that_arrives_after_a_cancellation_goes_back_for_that_reason() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let booking = book(&cast.customer, &cast.star, at(&site, 5, 10)).await;
    pay(&cast.customer, &booking, LOSES_THE_ANSWER, "first").await;
    let path = format!("/api/bookings/{}/cancellation", text(&booking, "id"));
    let cancelled = cast.customer.post(&path, &serde_json::json!({"expected_refund_minor": 0})).await;
    assert_eq!(cancelled.status, 200, "{}", cancelled.text());
    site.run_jobs().await;
    let seen = look(&cast.customer, &booking).await;
    assert_eq!((text(&seen, "status"), text(&seen, "payment_status")), ("cancelled", "refunded"));
    assert_eq!(text(&seen["payment"]["refunds"][0], "reason"), "cancelled_by_customer");
    let body: String = sqlx::query_scalar("SELECT body_text FROM mails WHERE template = 'payment_returned'")
        .fetch_one(site.test_database().database.pool())
        .await
        .unwrap();
    assert!(body.contains("after the booking had been cancelled"), "{body}");
    assert!(faults(&site).await.is_empty());
}
