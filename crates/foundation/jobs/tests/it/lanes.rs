//! Lanes do not wait for each other, a slow job takes one place only, and stopping takes seconds.

use std::time::{Duration, Instant};

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
    tokio::join!(worker.work_lane(&FAST, &stop), worker.work_lane(&SLOW, &stop), watch);
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
    tokio::join!(worker.work_lane(&FAST, &stop), watch);
    assert!(bench.notes.done().contains(&"slow".to_owned()), "what was under way is waited for");
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
    tokio::join!(worker.work_lane(&FAST, &stop), watch);
    assert!(began.elapsed() < Duration::from_secs(12), "took {:?}", began.elapsed());
    assert_eq!(bench.state("errand").await, ("due".to_owned(), 0, String::new()), "the next server takes it at once");
}
