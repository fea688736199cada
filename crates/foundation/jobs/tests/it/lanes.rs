//! Lanes do not wait for each other, a slow job takes one place only, and stopping takes seconds.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use database::{Database, DatabaseConfig};
use futures::future::join_all;
use tokio_util::sync::CancellationToken;

use crate::bench::{Bench, Crawl, Deed, Errand, FAST, SLOW};

/// Waits until something is so, for a few seconds at most.
async fn until(is_so: impl Fn() -> bool) -> bool {
    let began = Instant::now();
    while !is_so() && began.elapsed() < Duration::from_secs(5) {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    is_so()
}

#[tokio::test]
async fn a_lane_whose_neighbour_is_slow_holds_up_no_other() {
    let bench = Bench::new().await;
    for name in ["a", "b", "c", "d"] {
        bench.enqueue(&Crawl { name: name.to_owned() }).await;
    }
    bench.enqueue(&Errand::new("milk", Deed::Succeed)).await;
    let (stop, worker) = (CancellationToken::new(), bench.worker());
    let watch = async {
        assert!(until(|| bench.notes.done() == ["milk"]).await, "{:?}", bench.notes.done());
        bench.notes.gate.add_permits(4);
        assert!(until(|| bench.notes.done().len() == 5).await, "{:?}", bench.notes.done());
        stop.cancel();
    };
    tokio::join!(worker.work_lane(&FAST, &|| true, &stop), worker.work_lane(&SLOW, &|| true, &stop), watch);
}

#[tokio::test]
async fn nothing_begins_while_it_may_not() {
    let bench = Bench::new().await;
    bench.enqueue(&Errand::new("milk", Deed::Succeed)).await;
    let (stop, worker, may_begin) = (CancellationToken::new(), bench.worker(), AtomicBool::new(false));
    let watch = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert_eq!(bench.notes.done(), Vec::<String>::new());
        may_begin.store(true, Ordering::Relaxed);
        assert!(until(|| bench.notes.done() == ["milk"]).await, "{:?}", bench.notes.done());
        stop.cancel();
    };
    let gate = || may_begin.load(Ordering::Relaxed);
    tokio::join!(worker.work_lane(&FAST, &gate, &stop), watch);
}

#[tokio::test]
async fn a_slow_job_takes_its_own_place_and_the_lane_goes_on() {
    let bench = Bench::new().await;
    bench.enqueue(&Errand::new("slow", Deed::Wait)).await;
    let names: Vec<String> = (10..30).map(|turn| format!("quick {turn}")).collect();
    for name in &names {
        bench.enqueue(&Errand::new(name, Deed::Succeed)).await;
    }
    let (stop, worker) = (CancellationToken::new(), bench.worker());
    let watch = async {
        assert!(until(|| bench.notes.done() == names).await, "{:?}", bench.notes.done());
        bench.notes.gate.add_permits(1);
        stop.cancel();
    };
    tokio::join!(worker.work_lane(&FAST, &|| true, &stop), watch);
    assert!(bench.notes.done().contains(&"slow".to_owned()), "what was under way is waited for");
}

#[tokio::test]
async fn jobs_that_hold_the_last_connection_end_while_the_lane_leases() {
    let bench = Bench::new().await;
    let names: Vec<String> = (10..18).map(|turn| format!("holder {turn}")).collect();
    for name in &names {
        bench.enqueue(&Errand::new(name, Deed::HoldConnection)).await;
    }
    let config = DatabaseConfig { connections_max: 1, ..bench.test.config() };
    let one_connection = Database::connect(&config).await.expect("the test database answers");
    bench.notes.database.set(one_connection.clone()).expect("set once");
    let (stop, worker) = (CancellationToken::new(), bench.worker_with(&one_connection, &bench.chance));
    let began = Instant::now();
    let watch = async {
        assert!(until(|| bench.notes.done() == names).await, "{:?}", bench.notes.done());
        stop.cancel();
    };
    tokio::join!(worker.work_lane(&FAST, &|| true, &stop), watch);
    // A lane that waited for a connection of its own jobs would do so for three seconds.
    assert!(began.elapsed() < Duration::from_millis(2_500), "took {:?}", began.elapsed());
}

#[tokio::test]
async fn what_is_paid_for_is_done_though_all_other_connections_are_busy() {
    let bench = Bench::new().await;
    bench.enqueue(&Crawl { name: "refund".to_owned() }).await;
    bench.enqueue(&Errand::new("letter", Deed::Succeed)).await;
    bench.notes.gate.add_permits(1);
    let busy =
        Database::connect(&DatabaseConfig { connections_max: 8, ..bench.test.config() }).await.expect("connects");
    let held = join_all((0..busy.pool().size_max()).map(|_| busy.acquire())).await;
    let (stop, worker) = (CancellationToken::new(), bench.worker_with(&busy, &bench.chance));
    let watch = async {
        let began = Instant::now();
        while bench.state("crawl").await.0 != "done" && began.elapsed() < Duration::from_secs(2) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert_eq!(bench.state("crawl").await.0, "done", "what came of it is written down as well");
        assert_eq!(bench.state("errand").await.0, "due", "which is not paid for");
        stop.cancel();
        drop(held);
    };
    tokio::join!(worker.work_lane(&FAST, &|| true, &stop), worker.work_lane(&SLOW, &|| true, &stop), watch);
}

#[tokio::test]
async fn a_lane_that_waits_for_a_connection_still_stops() {
    let bench = Bench::new().await;
    let config = DatabaseConfig { connections_max: 1, ..bench.test.config() };
    let one_connection = Database::connect(&config).await.expect("the test database answers");
    let held = one_connection.acquire().await.expect("the test database answers");
    bench.enqueue(&Errand::new("late", Deed::Succeed)).await;
    let (stop, worker) = (CancellationToken::new(), bench.worker_with(&one_connection, &bench.chance));
    let watch = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        stop.cancel();
        tokio::time::sleep(Duration::from_millis(100)).await;
        drop(held);
    };
    tokio::join!(worker.work_lane(&FAST, &|| true, &stop), watch);
    assert_eq!(bench.state("errand").await, ("due".to_owned(), 0, String::new()), "what came too late is given back");
}

#[tokio::test]
async fn what_does_not_end_when_the_server_stops_is_given_back() {
    let bench = Bench::new().await;
    bench.enqueue(&Errand::new("slow", Deed::Wait)).await;
    let (stop, worker) = (CancellationToken::new(), bench.worker());
    let began = Instant::now();
    let watch = async {
        while bench.state("errand").await.0 != "leased" {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        stop.cancel();
    };
    tokio::join!(worker.work_lane(&FAST, &|| true, &stop), watch);
    assert!(began.elapsed() < Duration::from_secs(12), "took {:?}", began.elapsed());
    assert_eq!(bench.state("errand").await, ("due".to_owned(), 0, String::new()), "the next server takes it at once");
}
