//! Bookings that arrive together share a statement; what is wrong with one is nobody else's matter.

use std::time::Duration;

use accounts::{Caller, Via};
use chrono::TimeDelta;
use database::idempotency::CallAttempt;
use futures::future::join_all;
use kernel::{Fault as _, FaultKind, Instant, Role, SessionId};
use serde_json::json;
use testkit::{TestCaller, TestResponse, TestSite, UNPAID_MAX};
use workflows::booking::{self, PlaceBooking};
use workflows::{AnswerTemplate, WorkflowError};

use crate::steps::journey::{PAYS, ask_for, at, pay, text};

/// Asks at once, each on a task of its own.
async fn together(
    asking: impl Iterator<Item = impl Future<Output = TestResponse> + Send + 'static>,
) -> Vec<TestResponse> {
    let tasks: Vec<_> = asking.map(tokio::spawn).collect();
    join_all(tasks).await.into_iter().map(|answer| answer.expect("nobody panics")).collect()
}

/// Every day at ten, for as many days as there are turns.
fn day(site: &TestSite, turn: i64) -> Instant {
    at(site, 3, 10) + TimeDelta::days(turn)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_with_one_is_told_to_that_one() {
    let site = TestSite::new().await;
    let (customer, star) = (&site.cast.customer, &site.cast.star);
    let first = ask_for(customer, star, day(&site, 0), "used").await;
    assert_eq!(first.status, 201, "{}", first.text());

    let answers = together((0..40).map(|turn| {
        let (caller, star, starts_at) = (customer.clone(), star.clone(), day(&site, turn));
        async move {
            match turn % 10 {
                // A retry of what was placed before, and another wish under the same key.
                0 => ask_for(&caller, &star, starts_at - TimeDelta::days(turn), "used").await,
                1 => ask_for(&caller, &star, starts_at, "used").await,
                // A time in the middle of the night, and one that is gone.
                2 => ask_for(&caller, &star, starts_at + TimeDelta::hours(16), &format!("night-{turn}")).await,
                3 => ask_for(&caller, &star, starts_at - TimeDelta::days(turn), &format!("late-{turn}")).await,
                4 => missing(&caller, starts_at, &format!("missing-{turn}")).await,
                _ => ask_for(&caller, &star, starts_at, &format!("good-{turn}")).await,
            }
        }
    }))
    .await;

    for (turn, answer) in answers.iter().enumerate() {
        let expected = match turn % 10 {
            0 | 5..10 => (201, ""),
            1 => (422, "idempotency_key_reused"),
            2 => (422, "slot_not_offered"),
            3 => (409, "slot_taken"),
            _ => (404, "not_found"),
        };
        assert_eq!((answer.status, answer.code().as_str()), expected, "{turn}: {}", answer.text());
    }
    assert!(answers.iter().step_by(10).all(|answer| text(&answer.json(), "id") == text(&first.json(), "id")));
    assert_eq!(bookings(&site).await, 1 + 20);
    site.jobs_may_be_left();
}

/// Who goes away before the answer finds the booking whole or not at all, and the retry settles it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_who_goes_away_finds_one_booking_at_the_next_try() {
    let site = TestSite::new().await;
    let star = &site.cast.star;
    for turn in 0..20 {
        let (caller, starts_at, key) = (&site.cast.customer, day(&site, turn), format!("gone-{turn}"));
        let patience = Duration::from_micros(400 * turn.unsigned_abs());
        drop(tokio::time::timeout(patience, ask_for(caller, star, starts_at, &key)).await);
        let again = ask_for(caller, star, starts_at, &key).await;
        assert_eq!(again.status, 201, "turn {turn}: {}", again.text());
        assert_eq!(bookings(&site).await, turn + 1);
    }
    site.jobs_may_be_left();
}

/// Holding costs nothing, so nobody holds a whole calendar.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_leaves_much_unpaid_pays_or_cancels_before_more() {
    let site = TestSite::new().await;
    let (router, star) = (site.strict_server(), &site.cast.star);
    let (caller, other) = (site.cast.customer.at(&router), site.cast.other_customer.at(&router));
    let answers = together((0..8).map(|turn| {
        let (caller, star, starts_at) = (caller.clone(), star.clone(), day(&site, turn));
        async move { ask_for(&caller, &star, starts_at, &format!("much-{turn}")).await }
    }))
    .await;
    let held = answers.iter().filter(|answer| answer.status == 201).count();
    // Two groups at work do not see each other.
    assert!((UNPAID_MAX as usize..=2 * UNPAID_MAX as usize).contains(&held), "{held}");
    assert!(answers.iter().all(|answer| answer.status == 201 || answer.code() == "too_many_unpaid"));

    let refused = ask_for(&caller, star, day(&site, 9), "one-more").await;
    assert_eq!((refused.status, refused.code().as_str()), (409, "too_many_unpaid"), "{}", refused.text());
    assert_eq!(ask_for(&other, star, day(&site, 9), "mine").await.status, 201);
    let mut unpaid: Vec<_> = answers.iter().filter(|answer| answer.status == 201).map(TestResponse::json).collect();
    // A retry hears what the first try heard.
    let turn = answers.iter().position(|answer| answer.status == 201).expect("some were held");
    let again =
        ask_for(&caller, star, day(&site, turn.try_into().expect("a small number")), &format!("much-{turn}")).await;
    assert_eq!((again.status, text(&again.json(), "id")), (201, text(&unpaid[0], "id")));

    while unpaid.len() >= UNPAID_MAX as usize {
        let paid = pay(&caller, &unpaid.pop().expect("there is one"), PAYS, "pays").await;
        assert_eq!(paid.status, 200, "{}", paid.text());
    }
    assert_eq!(ask_for(&caller, star, day(&site, 10), "one-more").await.status, 201);
    site.jobs_may_be_left();
}

async fn missing(caller: &TestCaller, starts_at: Instant, key: &str) -> TestResponse {
    let body = json!({
        "offering_id": uuid::Uuid::from_u128(7),
        "starts_at": starts_at,
        "time_zone": "Europe/Lisbon",
        "brief": "A birthday for my sister."
    });
    caller.call("POST", "/api/bookings", Some(&body), &[("idempotency-key", key)]).await
}

async fn bookings(site: &TestSite) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM bookings")
        .fetch_one(site.test_database().database.pool())
        .await
        .expect("counts")
}

/// The two are written with one statement; what stands in the way of the second is met after the first was committed.
#[tokio::test]
async fn who_was_placed_is_told_so_whatever_becomes_of_the_others() {
    let site = TestSite::new().await;
    let (star, pool) = (&site.cast.star, site.test_database().database.pool());
    let lapsed = ask_for(&site.cast.other_customer, star, day(&site, 1), "lapsed").await;
    assert_eq!(lapsed.status, 201, "{}", lapsed.text());
    site.clock.advance(TimeDelta::minutes(16));
    for statement in [
        "CREATE FUNCTION stay() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE lock_not_available; END $$",
        "CREATE TRIGGER stay BEFORE DELETE ON allocations FOR EACH ROW EXECUTE FUNCTION stay()",
    ] {
        sqlx::query(statement).execute(pool).await.expect("creates");
    }
    let (first, second) = tokio::join!(place(&site, 0, "first"), place(&site, 1, "second"));
    assert!(first.is_ok(), "{first:?}");
    let refused = second.expect_err("its time cannot be cleared");
    assert_eq!(refused.kind(), FaultKind::Unavailable, "{refused:?}");
    assert_eq!(bookings(&site).await, 2, "the lapsed one, and the first");

    sqlx::query("DROP TRIGGER stay ON allocations").execute(pool).await.expect("drops");
    assert!(place(&site, 1, "second").await.is_ok());
    site.jobs_may_be_left();
}

/// Places a booking of the day as the first customer. Those that are polled together come into one group.
async fn place(site: &TestSite, turn: i64, key: &str) -> Result<Vec<u8>, WorkflowError> {
    let customer = Caller {
        id: site.cast.customer.id(),
        roles: vec![Role::Customer],
        display_name: "customer".to_owned(),
        email: "customer@example.org".to_owned(),
        email_verified: true,
        time_zone: "UTC".to_owned(),
        has_app: false,
        lacks_second_factor: false,
        via: Via::Bearer(SessionId(uuid::Uuid::nil())),
    };
    let wanted = PlaceBooking {
        offering: site.cast.star.call.id,
        starts_at: Some(day(site, turn)),
        time_zone: None,
        brief: "A birthday for my sister.".to_owned(),
    };
    let attempt = CallAttempt {
        actor_id: customer.id.0,
        route: "POST /api/bookings".to_owned(),
        key: key.to_owned(),
        request_hash: [0; 32],
    };
    let template = AnswerTemplate { attempt, status: 201, body: |_, _| Vec::new() };
    booking::place(&site.site, &customer, wanted, template).await
}

/// As a migration or a person has it. Nobody waits until the request is cut off, and nobody finds a booking afterwards.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_bookings_are_locked_as_a_whole_everybody_is_told_soon_and_nothing_is_half_done() {
    let site = TestSite::new().await;
    let mut holder = site.test_database().database.begin().await.expect("begins");
    sqlx::raw_sql("SET LOCAL idle_in_transaction_session_timeout = 0; LOCK TABLE bookings IN ACCESS EXCLUSIVE MODE")
        .execute(&mut *holder)
        .await
        .expect("locks");
    let began = std::time::Instant::now();
    let answers = together((0..40).map(|turn| {
        let (caller, star, starts_at) = (site.cast.customer.clone(), site.cast.star.clone(), day(&site, turn));
        async move { ask_for(&caller, &star, starts_at, &format!("locked-{turn}")).await }
    }))
    .await;
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    for answer in answers {
        let seen = (answer.status, answer.code(), answer.header("retry-after").to_owned());
        assert_eq!(seen, (503, "database_unavailable".to_owned(), "2".to_owned()), "{}", answer.text());
    }
    holder.rollback().await.expect("gives the table back");
    assert_eq!(bookings(&site).await, 0);
    let again = ask_for(&site.cast.customer, &site.cast.star, day(&site, 1), "locked-1").await;
    assert_eq!(again.status, 201, "{}", again.text());
    site.jobs_may_be_left();
}
