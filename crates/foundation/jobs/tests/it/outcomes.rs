//! What becomes of a job that fails, panics, hangs, kills whoever runs it, or is not known.

use std::time::Duration;

use chrono::TimeDelta;
use jobs::{ATTEMPTS_MAX, LAPSES_MAX, Registry};
use serde_json::json;

use crate::bench::{Bench, Crawl, Deed, Endless, Errand};

#[tokio::test]
async fn a_job_is_done_once_and_the_same_key_is_the_same_job() {
    let bench = Bench::new().await;
    assert!(bench.enqueue(&Errand::new("milk", Deed::Succeed)).await);
    assert!(!bench.enqueue(&Errand::new("milk", Deed::Succeed)).await);
    bench.work().await;
    assert!(!bench.enqueue(&Errand::new("milk", Deed::Succeed)).await, "done is done");
    bench.work().await;
    assert_eq!(bench.notes.done(), ["milk"]);
    assert_eq!(bench.state("errand").await, ("done".to_owned(), 1, String::new()));
    let kept: serde_json::Value = sqlx::query_scalar("SELECT payload FROM jobs")
        .fetch_one(bench.test.database.pool())
        .await
        .expect("there is one");
    assert_eq!(kept, json!({}), "what it was to do is not kept");
}

#[tokio::test]
async fn a_failed_job_comes_back_later_and_says_every_cause_but_nobody_s_address() {
    let bench = Bench::new().await;
    bench.enqueue(&Errand::new("milk", Deed::Fail)).await;
    bench.work().await;
    let reason = "the errand of <address> failed: the disk is full";
    assert_eq!(bench.state("errand").await, ("waits".to_owned(), 1, reason.to_owned()));
    bench.clock.advance(TimeDelta::seconds(1));
    bench.work().await;
    assert_eq!(bench.state("errand").await, ("waits".to_owned(), 2, reason.to_owned()));
    for _ in 2..ATTEMPTS_MAX {
        bench.clock.advance(TimeDelta::hours(1));
        bench.work().await;
    }
    assert_eq!(bench.state("errand").await, ("dead".to_owned(), ATTEMPTS_MAX, reason.to_owned()));
}

#[tokio::test]
async fn a_final_failure_gives_up_at_once() {
    let bench = Bench::new().await;
    bench.enqueue(&Errand::new("milk", Deed::FailForGood)).await;
    bench.work().await;
    let (state, attempts, reason) = bench.state("errand").await;
    assert_eq!((state.as_str(), attempts), ("dead", 1));
    assert!(reason.ends_with("it never was there"), "{reason}");
}

#[tokio::test]
async fn a_panic_is_a_failure_with_its_words() {
    let bench = Bench::new().await;
    bench.enqueue(&Errand::new("milk", Deed::Panic)).await;
    bench.work().await;
    assert_eq!(bench.state("errand").await, ("waits".to_owned(), 1, "the job panicked: a nail in the tyre".to_owned()));
}

#[tokio::test]
async fn a_job_that_hangs_is_cut() {
    let bench = Bench::new().await;
    bench.enqueue(&Endless {}).await;
    bench.work().await;
    let (state, attempts, reason) = bench.state("endless").await;
    assert_eq!((state.as_str(), attempts), ("waits", 1));
    assert!(reason.contains("took longer"), "{reason}");
}

#[tokio::test]
async fn a_payload_that_does_not_fit_is_kept_and_told() {
    let bench = Bench::new().await;
    bench.insert_row("errand", json!({"title": "milk"})).await;
    bench.work().await;
    let (state, _, reason) = bench.state("errand").await;
    assert_eq!(state, "dead");
    assert!(reason.contains("does not fit") && reason.contains("`name`"), "{reason}");
    let payload: serde_json::Value = sqlx::query_scalar("SELECT payload FROM jobs")
        .fetch_one(bench.test.database.pool())
        .await
        .expect("the test database answers");
    assert_eq!(payload, json!({"title": "milk"}));
}

#[tokio::test]
async fn a_row_with_more_than_is_needed_still_runs() {
    let bench = Bench::new().await;
    bench.insert_row("errand", json!({"name": "milk", "deed": "succeed", "colour": "white"})).await;
    bench.work().await;
    assert_eq!(bench.notes.done(), ["milk"]);
}

#[tokio::test]
async fn a_kind_that_is_not_known_waits_untouched_for_whoever_knows_it() {
    let mut bench = Bench::new().await;
    let everything = std::mem::replace(&mut bench.registry, Registry::new().job::<Crawl>());
    bench.enqueue(&Errand::new("milk", Deed::Succeed)).await;
    bench.work().await;
    assert_eq!(bench.state("errand").await, ("due".to_owned(), 0, String::new()));
    bench.registry = everything;
    bench.work().await;
    assert_eq!(bench.notes.done(), ["milk"]);
}

#[tokio::test]
async fn a_job_that_kills_whoever_runs_it_is_given_up() {
    let bench = Bench::new().await;
    bench.enqueue(&Errand::new("bomb", Deed::Wait)).await;
    for lapse in 0..LAPSES_MAX {
        // The server dies in the middle: nobody says what came of it.
        let worker = bench.worker();
        assert!(tokio::time::timeout(Duration::from_millis(200), worker.work_some()).await.is_err(), "{lapse}");
        bench.clock.advance(TimeDelta::seconds(30));
        bench.work().await;
        assert_eq!(bench.state("errand").await.0, "leased", "the lease outlasts the longest run");
        bench.clock.advance(TimeDelta::seconds(30));
    }
    bench.work().await;
    let (state, attempts, reason) = bench.state("errand").await;
    assert_eq!((state.as_str(), attempts), ("dead", LAPSES_MAX));
    assert!(reason.contains("5 times in a row"), "{reason}");
}

#[tokio::test]
async fn lapses_count_only_in_a_row() {
    let bench = Bench::new().await;
    bench.enqueue(&Errand::new("milk", Deed::Wait)).await;
    let lapses = "UPDATE jobs SET lapses = $1, lease_token = gen_random_uuid(), lease_until = $2";
    let now = kernel::Clock::now(&bench.clock);
    sqlx::query(lapses)
        .bind(LAPSES_MAX - 2)
        .bind(now)
        .execute(bench.test.database.pool())
        .await
        .expect("the test database answers");
    sqlx::query("UPDATE jobs SET payload = '{\"name\": \"milk\", \"deed\": \"fail\"}'")
        .execute(bench.test.database.pool())
        .await
        .unwrap();
    bench.work().await;
    let lapses: i32 = sqlx::query_scalar("SELECT lapses FROM jobs")
        .fetch_one(bench.test.database.pool())
        .await
        .expect("the test database answers");
    assert_eq!((bench.state("errand").await.0.as_str(), lapses), ("waits", 0), "whoever ran it lived to tell");
}
