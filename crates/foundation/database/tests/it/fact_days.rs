//! The days of the log: made ahead, closed and dropped, whatever a clock says, and read by who begins later.

use chrono::{Days, NaiveDate};
use database::facts::{keep_days, keep_for};

use crate::facts::{Bench, Neighbour, at, ear, noon};

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

#[tokio::test]
async fn days_are_made_ahead_closed_and_dropped() {
    let bench = Bench::new().await;
    let (ear, today, then) = (ear(), day("2024-11-30"), at("2024-11-30T12:00:00Z"));
    let partitions = "SELECT count(*) FROM pg_inherits WHERE inhparent = 'facts'::regclass";
    // A day that has facts before it has a partition stays as it is.
    bench.sneeze(1, then).await;
    keep_days(&bench.test.database, today, 30).await.expect("the test database answers");
    keep_days(&bench.test.database, today, 30).await.expect("the test database answers");
    assert_eq!(bench.count(partitions).await, 1 + 14);
    bench.sneeze(2, at("2024-12-02T23:59:59Z")).await;
    assert_eq!(bench.count("SELECT count(*) FROM facts_20241202").await, 1);
    // Far away from all partitions, on either side.
    bench.sneeze(3, at("2031-01-01T00:00:00Z")).await;
    bench.sneeze(4, at("2019-01-01T00:00:00Z")).await;

    // Nothing is closed or dropped that somebody has not read.
    let later = today.checked_add_days(Days::new(40)).unwrap();
    for count in 11..=15 {
        bench.sneeze(count, at("2025-01-09T12:00:00Z")).await;
    }
    keep_days(&bench.test.database, later, 30).await.expect("the test database answers");
    assert_eq!(bench.count("SELECT count(*) FROM facts").await, 9);
    bench.listen(&ear.consumer::<Neighbour>()).await;
    keep_days(&bench.test.database, later, 30).await.expect("the test database answers");
    let left = bench.count("SELECT count(*) FROM facts WHERE day > '2030-01-01'").await;
    assert_eq!((bench.count("SELECT count(*) FROM facts").await, left), (6, 1), "what is newer stays");
    assert_eq!(
        bench
            .count(
                "SELECT count(*) FROM pg_class WHERE relname = 'facts_20241202'
      AND relnamespace = current_schema()::regnamespace"
            )
            .await,
        0
    );

    // A clock that is far behind writes to a day that is looked at.
    bench.sneeze(5, then).await;
    bench.listen(&crate::facts::ear()).await;
    assert!(bench.heard.all().contains(&5));
}

#[tokio::test]
async fn what_drops_days_keeps_those_that_are_kept_whatever_it_is_asked_for() {
    let bench = Bench::new().await;
    let drop_all = async || {
        while bench.count("SELECT drop_day_of_facts('2999-01-01')::integer::bigint").await > 0 {}
        bench.count("SELECT count(*) FROM pg_inherits WHERE inhparent = 'facts'::regclass").await - 1
    };
    bench.execute("SELECT make_day_of_facts(current_date - ago) FROM unnest(ARRAY[0, 1, 2, 30, 31, 400]) AS ago").await;
    keep_for(&bench.test.database, 30).await.expect("the test database answers");
    assert_eq!(drop_all().await, 4, "today and the thirty days before it");
    for days_kept in [1, 0] {
        keep_for(&bench.test.database, days_kept).await.expect("the test database answers");
        assert_eq!(drop_all().await, 2, "never today, nor a day that may still be today somewhere");
    }
}

#[tokio::test]
async fn a_clock_that_jumped_ahead_closes_and_drops_nothing() {
    let bench = Bench::new().await;
    keep_days(&bench.test.database, day("2026-11-30"), 30).await.expect("the test database answers");
    for count in 1..=3 {
        bench.sneeze(count, noon()).await;
    }
    // One fact of the wrong clock itself.
    bench.sneeze(4, at("2031-01-01T00:00:00Z")).await;
    bench.listen(&ear().consumer::<Neighbour>()).await;
    keep_days(&bench.test.database, day("2031-01-01"), 30).await.expect("the test database answers");
    assert_eq!(bench.count("SELECT count(*) FROM facts").await, 4);
    assert_eq!(bench.count("SELECT count(*) FROM fact_log WHERE open_from > '2026-12-01'").await, 0);
}

#[tokio::test]
async fn days_that_were_closed_before_they_came_are_opened_again() {
    let bench = Bench::new().await;
    bench.execute("UPDATE fact_log SET open_from = '2031-01-01'").await;
    bench.sneeze(1, noon()).await;
    keep_days(&bench.test.database, day("2026-11-30"), 30).await.expect("the test database answers");
    bench.sneeze(2, noon()).await;
    let days = "SELECT count(DISTINCT day) FROM facts WHERE day IN ('2026-11-30', '2031-01-01')";
    assert_eq!(bench.count(days).await, 2, "the later one goes to its own day");
    bench.listen(&ear()).await;
    assert_eq!(bench.heard.all(), [1, 2], "and both are read");
}

#[tokio::test]
async fn a_consumer_that_reads_from_the_beginning_reads_closed_days_too() {
    let bench = Bench::new().await;
    bench.execute("DELETE FROM fact_cursors WHERE consumer = 'open_days'").await;
    for count in 1..=3 {
        bench.sneeze(count, noon()).await;
    }
    bench.listen(&ear()).await;
    for count in 4..=9 {
        bench.sneeze(count, at("2026-12-30T12:00:00Z")).await;
    }
    bench.listen(&ear()).await;
    keep_days(&bench.test.database, day("2026-12-30"), 400).await.expect("the test database answers");
    assert_eq!(bench.count("SELECT count(*) FROM fact_log WHERE open_from = '2026-12-28'").await, 1, "closed");
    assert_eq!(
        bench.count("SELECT count(*) FROM fact_log WHERE facts_from(ARRAY['booking_mails']) = '2026-12-27'").await,
        1
    );

    bench.execute("INSERT INTO fact_cursors (consumer, xid, position) VALUES ('open_days', '0', 0)").await;
    bench.heard.forget();
    bench.listen(&ear().consumer::<Neighbour>()).await;
    assert_eq!(bench.heard.all(), (101..=109).collect::<Vec<_>>());
}
