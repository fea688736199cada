//! Jobs that were given up are listed, and run again when told to.

use jobs::dead::{self, Selection};
use kernel::Clock as _;
use serde_json::json;

use crate::bench::{Bench, Deed, Errand};

async fn retry(bench: &Bench, selection: Selection<'_>) -> usize {
    let mut tx = bench.test.database.begin().await.expect("the test database answers");
    let count = dead::retry(&mut tx, selection, bench.clock.now()).await.expect("the test database answers");
    tx.commit().await.expect("the test database answers");
    count.len()
}

#[tokio::test]
async fn dead_jobs_are_listed_and_run_again() {
    let bench = Bench::new().await;
    bench.enqueue(&Errand::new("lost", Deed::FailForGood)).await;
    bench.insert_row("crawl", json!({})).await;
    bench.work().await;
    let mut connection = bench.test.database.acquire().await.expect("the test database answers");
    let listed = dead::list(&mut connection, 10).await.expect("the test database answers");
    let mut kinds: Vec<&str> = listed.iter().map(|job| job.kind.as_str()).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["crawl", "errand"]);
    assert!(listed.iter().all(|job| job.attempts == 1 && !job.last_error.is_empty()), "{listed:?}");

    // What made it fail was put right.
    sqlx::query("UPDATE jobs SET payload = '{\"name\": \"lost\", \"deed\": \"succeed\"}' WHERE kind = 'errand'")
        .execute(&mut *connection)
        .await
        .unwrap();
    assert_eq!(retry(&bench, Selection::All(Some("errand"))).await, 1);
    bench.work().await;
    assert_eq!(bench.notes.done(), ["lost"]);
    let left = dead::list(&mut connection, 10).await.expect("the test database answers");
    assert_eq!(left.iter().map(|job| job.kind.as_str()).collect::<Vec<_>>(), ["crawl"]);

    assert_eq!(retry(&bench, Selection::Ids(&[left[0].id.0])).await, 1);
    assert_eq!(bench.state("crawl").await.0, "due");
    assert_eq!(retry(&bench, Selection::All(None)).await, 0, "none is dead now");
    assert_eq!(retry(&bench, Selection::Ids(&[left[0].id.0])).await, 0);
}
