//! Calendars elsewhere as time passes: read in one row of jobs, and taken up again.

use chrono::TimeDelta;
use serde_json::json;

use crate::steps::elsewhere::{add, look, read_now, with_calendar};

#[tokio::test]
async fn a_calendar_is_read_every_quarter_of_an_hour_in_one_row() {
    let (site, elsewhere) = with_calendar().await;
    let feed = add(&site, &elsewhere).await;
    assert_eq!(elsewhere.answers(), (1, 0));
    // Two more readings between do not begin two more rows.
    read_now(&site, &feed, &json!({})).await;
    read_now(&site, &feed, &json!({})).await;
    assert_eq!(elsewhere.answers(), (1, 2));
    site.clock.advance(TimeDelta::minutes(15));
    site.run_jobs().await;
    site.clock.advance(TimeDelta::minutes(15));
    site.run_jobs().await;
    assert_eq!(elsewhere.answers(), (1, 4));
    // Even without changes it is taken over anew after a week: what comes back reaches further by then.
    site.clock.advance(TimeDelta::days(8));
    site.run_jobs().await;
    assert_eq!(elsewhere.answers(), (2, 4));
}

#[tokio::test]
async fn a_calendar_whose_job_was_given_up_is_taken_up_again() {
    let (site, elsewhere) = with_calendar().await;
    add(&site, &elsewhere).await;
    sqlx::query("UPDATE jobs SET dead_at = now()").execute(site.test_database().database.pool()).await.unwrap();
    site.clock.advance(TimeDelta::minutes(61));
    site.run_jobs().await;
    assert_eq!(elsewhere.answers(), (1, 0));
    workflows::background::fire_schedules(&site.site).await.unwrap();
    site.run_jobs().await;
    assert_eq!(elsewhere.answers(), (1, 1));
}

#[tokio::test]
async fn a_calendar_that_has_moved_is_followed_to_a_relative_place() {
    let (site, elsewhere) = with_calendar().await;
    elsewhere.moves_to("b.ics?season=winter");
    add(&site, &elsewhere).await;
    let seen = look(&site.cast.agent).await;
    assert_eq!((&seen["trouble"], &seen["busy_count"]), (&json!(null), &json!(1)));
}

#[tokio::test]
async fn an_address_is_sealed_in_the_database() {
    let (site, elsewhere) = with_calendar().await;
    let feed = add(&site, &elsewhere).await;
    let pool = site.test_database().database.pool();
    let stored = || async {
        let row: (String, Option<Vec<u8>>) =
            sqlx::query_as("SELECT address, sealed_address FROM calendar_feeds").fetch_one(pool).await.unwrap();
        (row.0.contains("private"), row.1.map(|sealed| String::from_utf8_lossy(&sealed).contains("private")))
    };
    assert_eq!(stored().await, (false, Some(false)));

    // One that an earlier release stored in clear is known by its address, and sealed when it is read the next time.
    let clear = "UPDATE calendar_feeds SET address = $1, sealed_address = NULL";
    sqlx::query(clear).bind(&elsewhere.address).execute(pool).await.unwrap();
    let wish = json!({"celebrity_id": site.cast.star.id, "name": "Work", "address": elsewhere.address});
    assert_eq!(site.cast.agent.post("/api/calendars", &wish).await.code(), "calendar_known");
    assert_eq!(stored().await, (true, None));
    read_now(&site, &feed, &json!({})).await;
    assert_eq!(stored().await, (false, Some(false)));
    assert_eq!(elsewhere.answers(), (1, 1));
    assert_eq!(site.cast.agent.post("/api/calendars", &wish).await.code(), "calendar_known");

    // One that was sealed with another secret is told, and frees nothing.
    sqlx::query("UPDATE calendar_feeds SET sealed_address = '\\x01'").execute(pool).await.unwrap();
    read_now(&site, &feed, &json!({})).await;
    let seen = look(&site.cast.agent).await;
    assert_eq!((&seen["trouble"], &seen["busy_count"]), (&json!("refused"), &json!(1)));
}

#[tokio::test]
async fn an_unchanged_calendar_is_read_anew_in_another_zone_or_by_another_reader() {
    let (site, elsewhere) = with_calendar().await;
    let feed = add(&site, &elsewhere).await;
    let pool = site.test_database().database.pool();
    for (change, answers) in [
        ("UPDATE celebrities SET time_zone = 'Asia/Kathmandu'", (2, 0)),
        ("UPDATE calendar_feeds SET read_as = NULL", (3, 0)),
        ("SELECT", (3, 1)),
    ] {
        sqlx::query(change).execute(pool).await.unwrap();
        read_now(&site, &feed, &json!({})).await;
        assert_eq!(elsewhere.answers(), answers, "{change}");
    }
}
