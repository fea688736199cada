//! What the site does to itself, every hour.

use chrono::TimeDelta;
use testkit::TestSite;
use workflows::background::fire_schedules;
use workflows::payment::last_books_check;

use crate::steps::gifts::own_card;

#[tokio::test]
async fn what_is_old_is_deleted_in_portions_and_what_waits_or_is_young_stays() {
    let site = TestSite::new().await;
    let pool = site.test_database().database.pool();
    sqlx::query(
        "INSERT INTO mails (id, dedupe_key, to_address, template, subject, body_text, created_at, state)
         SELECT gen_random_uuid(), 'old/' || number, 'a@example.test', 'welcome', 'Old', '', $1 - interval '91 days',
           CASE number WHEN 1 THEN 'queued' WHEN 2 THEN 'failed' ELSE 'sent' END FROM generate_series(1, 5100) AS number
         UNION ALL SELECT gen_random_uuid(), 'young', 'a@example.test', 'welcome', 'Young', '', $1 - interval '89 days', 'sent'",
    )
    .bind(site.now())
    .execute(pool)
    .await
    .expect("they were mailed");
    sqlx::query(
        "INSERT INTO jobs (id, kind, payload, dedupe_key, run_at, created_at, finished_at)
         SELECT gen_random_uuid(), 'send_mail', '{}', 'old/' || number, $1, $1, $1 - make_interval(days => number)
         FROM generate_series(1, 14) AS number",
    )
    .bind(site.now())
    .execute(pool)
    .await
    .expect("they were done");
    fire_schedules(&site.site).await.expect("the database answers");
    site.run_jobs().await;
    let mails: Vec<String> =
        sqlx::query_scalar("SELECT dedupe_key FROM mails WHERE to_address = 'a@example.test' ORDER BY dedupe_key")
            .fetch_all(pool)
            .await
            .expect("reads");
    assert_eq!(mails, ["old/1", "young"], "one waits, and one is young");
    let jobs: i64 = sqlx::query_scalar("SELECT count(*) FROM jobs WHERE dedupe_key LIKE 'old/%'")
        .fetch_one(pool)
        .await
        .expect("counts");
    assert_eq!(jobs, 7, "a week of them");
}

#[tokio::test]
async fn the_books_are_checked_every_night_and_what_is_wrong_is_counted() {
    let site = TestSite::new().await;
    own_card(&site.cast.customer, 5_000).await;
    let found = async || {
        site.clock.advance(TimeDelta::days(1));
        fire_schedules(&site.site).await.expect("the database answers");
        site.run_jobs().await;
        let mut connection = site.test_database().database.acquire().await.expect("the database answers");
        last_books_check(&mut connection).await.expect("reads").expect("they were checked").faults
    };
    assert_eq!(found().await, 0);
    sqlx::query("UPDATE ledger_accounts SET balance_minor = balance_minor + 1 WHERE kind = 'gift_card'")
        .execute(site.test_database().database.pool())
        .await
        .expect("somebody meddles");
    assert!(found().await > 0, "the balance of a card is not what was posted");
    sqlx::query("UPDATE ledger_accounts SET balance_minor = balance_minor - 1 WHERE kind = 'gift_card'")
        .execute(site.test_database().database.pool())
        .await
        .expect("it is put right");
    assert_eq!(found().await, 0);
}
