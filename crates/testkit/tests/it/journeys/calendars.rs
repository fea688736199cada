//! Calendars elsewhere as time passes: read in one row of jobs, and taken up again.

use chrono::TimeDelta;
use serde_json::json;
use testkit::TestSite;

use crate::steps::elsewhere::{Elsewhere, add, read_now};
use crate::steps::journey::at;

#[tokio::test]
async fn a_calendar_is_read_every_quarter_of_an_hour_in_one_row() {
    let site = TestSite::new().await;
    let elsewhere = Elsewhere::open();
    elsewhere.keeps(&[at(&site, 5, 10)]);
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
    site.jobs_may_be_left();
}

#[tokio::test]
async fn a_calendar_whose_job_was_given_up_is_taken_up_again() {
    let site = TestSite::new().await;
    let elsewhere = Elsewhere::open();
    add(&site, &elsewhere).await;
    sqlx::query("UPDATE jobs SET dead_at = now()").execute(site.test_database().database.pool()).await.unwrap();
    site.clock.advance(TimeDelta::minutes(61));
    site.run_jobs().await;
    assert_eq!(elsewhere.answers(), (1, 0));
    workflows::background::fire_schedules(&site.site).await.unwrap();
    site.run_jobs().await;
    assert_eq!(elsewhere.answers(), (1, 1));
    site.jobs_may_be_left();
}
