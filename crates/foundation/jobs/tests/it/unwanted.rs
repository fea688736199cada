//! A job that is about somebody is tried for as long as anybody wants it, and keeps nothing when it ends, however it ends.

use std::time::Duration;

use chrono::TimeDelta;
use jobs::LAPSES_MAX;
use serde_json::json;

use crate::bench::{Bench, Deed, Whisper};

async fn begin(deed: Deed) -> Bench {
    let bench = Bench::new().await;
    bench.enqueue(&Whisper { address: "ann@example.org".to_owned(), deed }).await;
    bench
}

/// All that is kept of it.
async fn kept(bench: &Bench) -> String {
    sqlx::query_scalar("SELECT jobs::text FROM jobs")
        .fetch_one(bench.test.database.pool())
        .await
        .expect("the test database answers")
}

async fn is_over_and_names_nobody(bench: &Bench) -> bool {
    bench.state("whisper").await.0 == "done" && !kept(bench).await.contains("ann@example.org")
}

#[tokio::test]
async fn it_is_tried_until_its_hour_is_over_and_then_names_nobody() {
    let bench = begin(Deed::Fail).await;
    for minute in 0..60 {
        bench.work().await;
        assert_ne!(bench.state("whisper").await.0, "done", "minute {minute}");
        bench.clock.advance(TimeDelta::minutes(1));
    }
    bench.work().await;
    assert!(is_over_and_names_nobody(&bench).await, "{}", kept(&bench).await);
    let (_, attempts, _) = bench.state("whisper").await;
    assert!((12..36).contains(&attempts), "{attempts} tries");
}

#[tokio::test]
async fn one_that_can_never_succeed_ends_at_once() {
    let bench = begin(Deed::FailForGood).await;
    bench.work().await;
    assert!(is_over_and_names_nobody(&bench).await, "{}", kept(&bench).await);

    let bench = Bench::new().await;
    bench.insert_row("whisper", json!({"whom": "ann@example.org"})).await;
    bench.work().await;
    assert!(is_over_and_names_nobody(&bench).await, "{}", kept(&bench).await);
}

#[tokio::test]
async fn one_whose_servers_keep_ending_names_nobody_either() {
    let bench = begin(Deed::Wait).await;
    for _ in 0..LAPSES_MAX {
        let worker = bench.worker();
        assert!(tokio::time::timeout(Duration::from_millis(200), worker.work_some()).await.is_err());
        bench.clock.advance(TimeDelta::minutes(1));
    }
    bench.work().await;
    assert!(is_over_and_names_nobody(&bench).await, "{}", kept(&bench).await);
    assert!(bench.state("whisper").await.2.contains("5 times in a row"), "{}", kept(&bench).await);
}

#[tokio::test]
async fn after_a_downtime_it_is_still_tried_once() {
    let bench = begin(Deed::Succeed).await;
    bench.clock.advance(TimeDelta::hours(3));
    bench.work().await;
    assert_eq!(bench.notes.done(), ["ann@example.org"]);
    assert!(is_over_and_names_nobody(&bench).await, "{}", kept(&bench).await);
}
