//! Schedules fire once among all servers, after restarts and downtime, and when the clocks change.

use chrono::TimeDelta;
use chrono_tz::Tz;
use database::Database;
use jobs::{Recurrence, Registry};
use kernel::{Clock as _, SeededChance};
use tokio_util::sync::CancellationToken;

use crate::bench::{Bench, Round};

async fn bench(recurrence: Recurrence) -> Bench {
    let mut bench = Bench::new().await;
    bench.registry = Registry::new().recurring::<Round>(recurrence);
    bench
}

async fn fire(bench: &Bench) -> usize {
    let count = bench.worker().fire_schedules().await.expect("the test database answers");
    bench.work().await;
    count
}

#[tokio::test]
async fn two_servers_fire_an_occurrence_once() {
    let bench = bench(Recurrence::Hourly { minute: 0 }).await;
    let (other, chance) =
        (Database::connect(&bench.test.config()).await.expect("the test database answers"), SeededChance::new(8));
    for hour in 12..16 {
        let (one, two) = (bench.worker(), bench.worker_with(&other, &chance));
        let (one, two) = tokio::join!(one.fire_schedules(), two.fire_schedules());
        assert_eq!(one.unwrap() + two.unwrap(), 1, "at {hour}");
        bench.work().await;
        bench.clock.advance(TimeDelta::hours(1));
    }
    let hours = ["2026-11-30T12:00Z", "2026-11-30T13:00Z", "2026-11-30T14:00Z", "2026-11-30T15:00Z"];
    assert_eq!(bench.notes.done(), hours);
}

#[tokio::test]
async fn a_server_that_is_restarted_all_the_time_still_fires() {
    let bench = bench(Recurrence::Hourly { minute: 30 }).await;
    for _ in 0..6 {
        // Each start is a new watch, which has forgotten what the one before it fired.
        let stop = CancellationToken::new();
        let worker = bench.worker();
        let watch = async {
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            stop.cancel();
        };
        tokio::join!(worker.watch_schedules(&|| true, &stop), watch);
        bench.work().await;
        bench.clock.advance(TimeDelta::minutes(25));
    }
    let hours = ["2026-11-30T11:30Z", "2026-11-30T12:30Z", "2026-11-30T13:30Z"];
    assert_eq!(bench.notes.done(), hours);
}

#[tokio::test]
async fn downtime_is_made_up_for_once() {
    let bench = bench(Recurrence::Hourly { minute: 0 }).await;
    assert_eq!(fire(&bench).await, 1);
    bench.clock.advance(TimeDelta::hours(30));
    assert_eq!((fire(&bench).await, fire(&bench).await), (1, 0));
    assert_eq!(bench.notes.done(), ["2026-11-30T12:00Z", "2026-12-01T18:00Z"]);
}

#[tokio::test]
async fn nights_come_once_when_the_clocks_change() {
    let bench = bench(Recurrence::Nightly { hour: 2, minute: 30, zone: Tz::Europe__Berlin }).await;
    for (from, nights) in [
        // The clocks skip 02:30 on the 29th.
        ("2026-03-28T00:00:00Z", ["2026-03-27T01:30Z", "2026-03-28T01:30Z", "2026-03-29T01:00Z", "2026-03-30T00:30Z"]),
        // They show 02:30 twice on the 25th.
        ("2026-10-24T00:00:00Z", ["2026-10-23T00:30Z", "2026-10-24T00:30Z", "2026-10-25T00:30Z", "2026-10-26T01:30Z"]),
    ] {
        bench.clock.set(from.parse().expect("a date"));
        let before = bench.notes.done();
        for _ in 0..3 * 24 * 2 {
            fire(&bench).await;
            bench.clock.advance(TimeDelta::minutes(30));
        }
        let mut done = bench.notes.done();
        done.retain(|night| !before.contains(night));
        assert_eq!(done, nights);
    }
}

#[tokio::test]
async fn a_clock_that_is_set_back_fires_nothing_again() {
    let bench = bench(Recurrence::Hourly { minute: 0 }).await;
    assert_eq!(fire(&bench).await, 1);
    bench.clock.advance(TimeDelta::hours(-2));
    assert_eq!(fire(&bench).await, 0);
}

#[tokio::test]
async fn a_clock_that_jumped_ahead_silences_no_schedule() {
    let bench = bench(Recurrence::Hourly { minute: 0 }).await;
    assert_eq!(fire(&bench).await, 1);
    bench.clock.advance(TimeDelta::days(400));
    assert_eq!(fire(&bench).await, 1);
    bench.clock.advance(TimeDelta::days(-400));
    fire(&bench).await;
    bench.clock.advance(TimeDelta::hours(1));
    assert_eq!(fire(&bench).await, 1);
    assert_eq!(bench.notes.done(), ["2026-11-30T12:00Z", "2026-11-30T13:00Z", "2028-01-04T12:00Z"]);
}

#[tokio::test]
async fn a_new_kind_is_hidden_from_the_release_before() {
    let bench = bench(Recurrence::Hourly { minute: 0 }).await;
    // What its servers take, whatever the kind.
    let taken = || async {
        sqlx::query_scalar::<_, i64>(
            "SELECT count(*) FROM jobs WHERE finished_at IS NULL AND dead_at IS NULL AND run_at <= $1
               AND (lease_until IS NULL OR lease_until <= $1)",
        )
        .bind(bench.clock.now())
        .fetch_one(bench.test.database.pool())
        .await
        .expect("the test database answers")
    };
    assert_eq!(bench.worker().fire_schedules().await.expect("the test database answers"), 1);
    assert_eq!((taken().await, bench.state("round").await.0.as_str()), (0, "due"));
    bench.work().await;
    assert_eq!(bench.state("round").await.0, "done", "this release does it");
}
