//! Jobs whose servers die in the middle, whose leases lapse, and that are given up: what they were to do is done once all the same.

use chrono::TimeDelta;
use jobs::dead::{self, Selection};
use jobs::{ATTEMPTS_MAX, LAPSES_MAX};
use kernel::Instant;
use serde_json::Value;
use testkit::{RefundFault, TestSite};
use workflows::background::run_until_idle;

use crate::steps::guests::call_off;
use crate::steps::journey::{at, balance, book_and_pay, faults, provider_keeps, status};

/// A lease lasts as long as the longest run, and a little longer.
const LEASE: TimeDelta = TimeDelta::seconds(60);

/// A booking that was called off, whose refund a job has to pay; everything else is done.
async fn owed_a_refund(site: &TestSite) -> Value {
    let booking = book_and_pay(&site.cast.customer, &site.cast.star, at(site, 9, 10)).await;
    site.run_jobs().await;
    call_off(site, &site.cast.customer, &booking, 26_250, "in time").await;
    // The mails about it are sent first, so that no server dies with them.
    shift_refund(site, TimeDelta::hours(1)).await;
    site.run_jobs().await;
    shift_refund(site, TimeDelta::hours(-1)).await;
    booking
}

async fn shift_refund(site: &TestSite, by: TimeDelta) {
    sqlx::query("UPDATE jobs SET run_at = run_at + $1 WHERE kind = 'pay_back'")
        .bind(by)
        .execute(site.test_database().database.pool())
        .await
        .expect("updates");
}

/// The server runs its jobs and dies when the provider has paid the refund and not answered yet.
async fn die_while_it_is_paid(site: &TestSite) {
    site.cards.will_refund([RefundFault::Hangs]);
    tokio::select! {
        done = run_until_idle(&site.site) => panic!("it ended: {done:?}"),
        () = site.cards.hangs() => {}
    }
}

/// Tries, leases that lapsed in a row, and what is told of the job that pays.
async fn job(site: &TestSite) -> (i32, i32, Option<Instant>, Option<Instant>, String) {
    sqlx::query_as(
        "SELECT attempts, lapses, finished_at, dead_at, coalesce(last_error, '') FROM jobs WHERE kind = 'pay_back'",
    )
    .fetch_one(site.test_database().database.pool())
    .await
    .expect("there is one")
}

async fn all_is_paid_back_once(site: &TestSite, booking: &Value) {
    assert_eq!(status(site, booking).await, ("cancelled".to_owned(), "refunded".to_owned()));
    let refunds: Vec<(i64, String)> = sqlx::query_as("SELECT amount_minor, state FROM refunds")
        .fetch_all(site.test_database().database.pool())
        .await
        .expect("reads");
    assert_eq!(refunds, [(26_250, "succeeded".to_owned())]);
    assert_eq!((provider_keeps(site).await, balance(site, "provider_clearing").await), (0, 0));
    assert_eq!(faults(site).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_lease_that_lapses_is_taken_up_once_by_one_of_two_servers() {
    let site = TestSite::new().await;
    let (other, _) = site.second_site().await;
    let booking = owed_a_refund(&site).await;
    die_while_it_is_paid(&site).await;
    // The provider has paid; we do not know, and for the time of the lease nobody asks again.
    assert_eq!(provider_keeps(&site).await, 0);
    site.clock.advance(LEASE - TimeDelta::seconds(1));
    run_until_idle(&other).await.expect("the jobs run");
    assert_eq!(status(&site, &booking).await.1, "refunding");
    let (attempts, ..) = job(&site).await;
    assert_eq!(attempts, 1);
    site.clock.advance(TimeDelta::seconds(1));
    let (here, there) = tokio::join!(run_until_idle(&site.site), run_until_idle(&other));
    here.and(there).expect("the jobs run");
    let (attempts, lapses, finished_at, dead_at, _) = job(&site).await;
    assert_eq!((attempts, lapses, finished_at, dead_at), (2, 1, Some(site.now()), None));
    all_is_paid_back_once(&site, &booking).await;
}

#[tokio::test]
async fn who_comes_back_after_its_lease_lapsed_writes_nothing_over_what_the_next_one_did() {
    let site = TestSite::new().await;
    let (other, _) = site.second_site().await;
    let booking = owed_a_refund(&site).await;
    site.cards.will_refund([RefundFault::Hangs]);
    let next = async {
        site.cards.hangs().await;
        // The first one stands still, as a machine that is put to sleep does.
        site.clock.advance(LEASE);
        run_until_idle(&other).await.expect("the jobs run");
        let done = job(&site).await;
        assert!(done.2.is_some(), "the next one has finished it");
        site.clock.advance(TimeDelta::seconds(1));
        site.cards.answer_at_last();
        done
    };
    let (slept, before) = tokio::join!(run_until_idle(&site.site), next);
    slept.expect("the jobs run");
    assert_eq!(job(&site).await, before);
    all_is_paid_back_once(&site, &booking).await;
}

#[tokio::test]
async fn a_job_that_takes_five_servers_down_is_given_up_and_paid_when_somebody_says_so() {
    let site = TestSite::new().await;
    let booking = owed_a_refund(&site).await;
    for lapse in 0..LAPSES_MAX {
        die_while_it_is_paid(&site).await;
        let (attempts, lapses, ..) = job(&site).await;
        assert_eq!((attempts, lapses), (lapse + 1, lapse));
        site.clock.advance(LEASE);
    }
    site.run_jobs().await;
    let (_, _, finished_at, dead_at, reason) = job(&site).await;
    assert_eq!((finished_at, dead_at), (None, Some(site.now())));
    assert!(reason.contains("5 times in a row"), "{reason}");
    assert_eq!(status(&site, &booking).await.1, "refunding");
    // Nobody forgets it: the check of the books says so until somebody acts.
    let told = faults(&site).await;
    assert!(told.iter().any(|fault| fault.contains("no job pays it")), "{told:?}");

    assert_eq!(retry_all(&site).await, 1);
    site.run_jobs().await;
    all_is_paid_back_once(&site, &booking).await;
}

#[tokio::test]
async fn a_job_that_fails_is_tried_for_about_a_day_and_then_given_up() {
    let site = TestSite::new().await;
    let booking = owed_a_refund(&site).await;
    let began = site.now();
    site.cards.will_refund([RefundFault::IsLost; ATTEMPTS_MAX as usize]);
    let mut pauses = Vec::new();
    while job(&site).await.3.is_none() {
        site.run_jobs().await;
        let next: Instant = sqlx::query_scalar("SELECT run_at FROM jobs WHERE kind = 'pay_back'")
            .fetch_one(site.test_database().database.pool())
            .await
            .expect("there is one");
        if next > site.now() {
            pauses.push(next - site.now());
            site.clock.set(next);
        }
    }
    let (attempts, _, _, dead_at, reason) = job(&site).await;
    let took = dead_at.expect("it was given up") - began;
    assert_eq!((attempts, pauses.len()), (ATTEMPTS_MAX, 35), "{pauses:?}");
    assert!((TimeDelta::hours(11)..TimeDelta::hours(24)).contains(&took), "took {took}");
    assert!(pauses[0] <= TimeDelta::milliseconds(500) && pauses[34] >= TimeDelta::minutes(30), "{pauses:?}");
    assert!(reason.contains("answer"), "{reason}");
    assert_eq!((status(&site, &booking).await.1.as_str(), provider_keeps(&site).await), ("refunding", 26_250));

    let mut connection = site.site.database.acquire().await.expect("a connection");
    let listed = dead::list(&mut connection, 10).await.expect("lists");
    assert_eq!(listed.iter().map(|job| (job.kind.as_str(), job.attempts)).collect::<Vec<_>>(), [("pay_back", 36)]);
    drop(connection);
    assert_eq!(retry_all(&site).await, 1);
    site.run_jobs().await;
    all_is_paid_back_once(&site, &booking).await;
}

async fn retry_all(site: &TestSite) -> usize {
    let mut tx = site.site.database.begin().await.expect("begins");
    let retried = dead::retry(&mut tx, Selection::All(Some("pay_back")), site.now()).await.expect("retries");
    tx.commit().await.expect("commits");
    retried.len()
}
