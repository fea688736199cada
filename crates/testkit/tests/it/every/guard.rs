//! What the guard does for every handler: it ends one that takes too long, outlives one that panics, and refuses the least important when
//! there are too many.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use access::{Entry, Policy, Priority};
use axum::Router;
use entry::{Gate, Routes, Throttle, TrustedProxies};
use testkit::{TestCaller, TestResponse, TestSite};
use tokio::sync::Semaphore;

fn routes(site: &TestSite, requests_max: usize) -> Routes {
    Routes::new(Gate::new(site.site.clone(), Arc::new(Throttle::new(1_000)), requests_max, TrustedProxies::default()))
}

fn serve(site: &TestSite, routes: Routes) -> Router {
    routes.into_router().with_state(site.site.clone())
}

/// An entry of this test's own.
fn entry(path: &'static str, priority: Priority, timeout_ms: u64) -> &'static Entry {
    Box::leak(Box::new(Entry { priority, timeout_ms, ..Entry::get(path, Policy::Public) }))
}

async fn breaks() -> &'static str {
    panic!("a nail in the tyre")
}

fn is_refused(answer: &TestResponse, status: u16, code: &str) {
    assert_eq!((answer.status, answer.code().as_str()), (status, code), "{}", answer.text());
    assert_eq!(answer.header("x-request-id").len(), 32);
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[tokio::test]
async fn a_handler_that_takes_too_long_is_ended() {
    assert!(access::all().all(|entry| entry.timeout_ms == 10_000), "everybody has ten seconds");
    let site = TestSite::new().await;
    for (path, priority) in [("/api/slow", Priority::Third), ("/api/slow-first", Priority::First)] {
        let ended = Arc::new(());
        let held = Arc::clone(&ended);
        let handler = move || {
            let held = Arc::clone(&held);
            async move {
                std::future::pending::<()>().await;
                drop(held);
            }
        };
        let caller = site.cast.anonymous.at(&serve(&site, routes(&site, 10).on(entry(path, priority, 50), handler)));
        let answer = caller.get(path).await;
        is_refused(&answer, 503, "timed_out");
        assert_eq!(answer.header("retry-after"), "5");
        assert_eq!(Arc::strong_count(&ended), 2, "it was dropped, and only the handler itself is left");
    }
}

#[tokio::test]
async fn a_handler_that_panics_is_answered_for_and_gives_its_place_back() {
    let site = TestSite::new().await;
    let broken = entry("/api/broken", Priority::First, 10_000);
    let whole = entry("/api/whole", Priority::First, 10_000);
    let routes = routes(&site, 1).on(broken, breaks).on(whole, || async { "whole" });
    let caller = site.cast.anonymous.at(&serve(&site, routes));
    for _ in 0..3 {
        let answer = caller.get("/api/broken").await;
        is_refused(&answer, 500, "internal");
        assert!(!answer.text().contains("tyre"), "the cause is for our log: {}", answer.text());
    }
    assert_eq!(caller.get("/api/whole").await.text(), "whole");
}

#[tokio::test]
async fn when_there_are_too_many_the_least_important_are_refused_first() {
    let site = TestSite::new().await;
    let (begun, open) = (Arc::new(AtomicUsize::new(0)), Arc::new(Semaphore::new(0)));
    let handler = {
        let (begun, open) = (Arc::clone(&begun), Arc::clone(&open));
        move || {
            let (begun, open) = (Arc::clone(&begun), Arc::clone(&open));
            async move {
                begun.fetch_add(1, Ordering::SeqCst);
                open.acquire().await.expect("it stays open").forget();
                "done"
            }
        }
    };
    // Of ten places these fill as many.
    let shares = [
        ("/api/last", Priority::Last, 6),
        ("/api/third", Priority::Third, 7),
        ("/api/second", Priority::Second, 9),
        ("/api/first", Priority::First, 10),
    ];
    let mut all = routes(&site, 10);
    for (path, priority, _) in shares {
        all = all.on(entry(path, priority, 10_000), handler.clone());
    }
    let caller = site.cast.anonymous.at(&serve(&site, all));
    let mut waiting = Vec::new();
    for (path, _, share) in shares {
        while begun.load(Ordering::SeqCst) < share {
            waiting.push(begin(&caller, path, &begun).await);
        }
        let refused = caller.get(path).await;
        is_refused(&refused, 503, "overloaded");
        assert_eq!(refused.header("retry-after"), "2");
    }
    assert_eq!(waiting.len(), 10);
    open.add_permits(11);
    for answer in waiting {
        assert_eq!(answer.await.expect("it ends").text(), "done");
    }
    assert_eq!(caller.get("/api/last").await.text(), "done", "the places came back");
}

/// Asks, and waits until the handler has begun.
async fn begin(caller: &TestCaller, path: &'static str, begun: &AtomicUsize) -> tokio::task::JoinHandle<TestResponse> {
    let (caller, before) = (caller.clone(), begun.load(Ordering::SeqCst));
    let asked = tokio::spawn(async move { caller.get(path).await });
    while begun.load(Ordering::SeqCst) == before {
        assert!(!asked.is_finished(), "{path} was refused too early");
        tokio::task::yield_now().await;
    }
    asked
}
