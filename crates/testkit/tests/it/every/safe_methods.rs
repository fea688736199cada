//! What only looks changes nothing, not even what is waiting to be found out.

use access::{Entry, Guard, Method, Surface};
use chrono::TimeDelta;
use testkit::TestSite;

use crate::steps::journey::{TAKES_TIME, at, book, pay, text};
use crate::steps::objects::{Objects, Whose};

/// Tables that say who looked, and when, or what a computation found.
const NOTES: [&str; 3] = ["sessions", "rate_buckets", "api_keys"];

#[tokio::test]
async fn no_get_writes_a_row() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let objects = Objects::place(&site).await;
    let booking = book(&cast.customer, &cast.star, at(&site, 5, 10)).await;
    let payment = pay(&cast.customer, &booking, TAKES_TIME, "first").await.json();
    // By now the provider knows the result; a job may ask for it, but not a page.
    site.clock.advance(TimeDelta::seconds(20));
    let before = rows(&site).await;
    let gets = access::all().filter(|entry| entry.method == Method::Get && entry.surface != Surface::Machine);
    let mut paths: Vec<(&Entry, String)> = gets.map(|entry| (entry, objects.path(entry, Whose::First))).collect();
    for (entry, path) in paths.clone() {
        let id = match entry.guard {
            Guard::Booking => text(&booking, "id"),
            Guard::Payment => text(&payment, "id"),
            _ => continue,
        };
        let name = path.split('/').find(|part| part.len() == 36).expect("it names an object").to_owned();
        paths.push((entry, path.replace(&name, id)));
    }
    assert!(paths.len() > 40, "{}", paths.len());
    for (entry, path) in paths {
        let answer = Objects::owner(entry, &site).get(&path).await;
        assert!(answer.status < 500, "{path}: {}", answer.text());
        let after = rows(&site).await;
        assert_eq!(before, after, "GET {path}");
    }
    site.jobs_may_be_left();
}

/// Every table with a digest of its rows.
async fn rows(site: &TestSite) -> Vec<(String, String)> {
    let pool = site.test_database().database.pool();
    let tables: Vec<String> =
        sqlx::query_scalar("SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1")
            .fetch_all(pool)
            .await
            .expect("the catalogue can be read");
    let each = tables.iter().filter(|table| !NOTES.contains(&table.as_str())).map(|table| {
        format!("SELECT '{table}' AS name, coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') AS digest FROM {table} t")
    });
    let statement = each.collect::<Vec<_>>().join(" UNION ALL ");
    sqlx::query_as(sqlx::AssertSqlSafe(statement)).fetch_all(pool).await.expect("tables can be read")
}
