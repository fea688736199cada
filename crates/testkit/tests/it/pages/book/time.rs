//! The first step of booking: a free time, picked in the month or typed.

use testkit::TestSite;

use crate::steps::journey::{at, book};
use crate::steps::objects::NOBODY_S;
use crate::steps::order::picked;

#[tokio::test]
async fn a_free_one_leads_on_and_another_says_why_not() {
    let site = TestSite::new().await;
    let (customer, star) = (&site.cast.customer, &site.cast.star);
    let ask = async |local: &str| customer.get(&format!("/book/{}?local={local}", star.call.id.0)).await;

    let free = at(&site, 40, 10);
    let typed = free.format("%Y-%m-%dT%H:%M").to_string();
    let leads = ask(&typed).await;
    assert_eq!(leads.status, 303, "{}", leads.text());
    assert!(leads.header("location").contains("/brief?starts_at="), "{}", leads.header("location"));

    book(&site.cast.other_customer, star, free).await;
    let taken = ask(&typed).await.text();
    assert!(taken.contains("That time is not free."), "{taken}");
    assert!(taken.contains(&format!("value=\"{typed}\"")), "what was typed comes back: {taken}");
    let month = free.format("%B %Y").to_string();
    assert!(taken.contains(&month), "and its month, {month}, is shown: {taken}");

    let over = ask("2020-01-01T10:00").await.text();
    assert!(over.contains("That time is over."), "{over}");
    let nonsense = ask("tomorrow").await.text();
    assert!(nonsense.contains("Choose a day and a time."), "{nonsense}");
    site.jobs_may_be_left();
}

#[tokio::test]
async fn a_day_lists_its_free_times_and_leaves_out_what_is_taken() {
    let site = TestSite::new().await;
    let (star, browser) = (&site.cast.star, site.cast.anonymous.browser());
    let (taken, free) = (at(&site, 5, 10), at(&site, 5, 12));
    let path = format!("/book/{}?day={}", star.call.id, taken.date_naive());
    let link = |time| format!("href=\"/book/{}/brief{}\"", star.call.id, picked(time));
    let page = browser.get(&path).await.page();
    assert!(page.contains(&link(taken)) && page.contains(&link(free)), "{page}");
    book(&site.cast.customer, star, taken).await;
    let page = browser.get(&path).await.page();
    assert!(!page.contains(&link(taken)) && page.contains(&link(free)), "{page}");
    site.jobs_may_be_left();
}

#[tokio::test]
async fn what_is_not_there_or_nobody_s_any_more_has_no_times() {
    let site = TestSite::new().await;
    let browser = site.cast.anonymous.browser();
    let path = format!("/book/{}", site.cast.star.call.id);
    assert_eq!(browser.get(&format!("/book/{NOBODY_S}")).await.status, 404);
    assert_eq!(browser.get(&path).await.status, 200);
    sqlx::query("UPDATE offerings SET is_active = false")
        .execute(site.test_database().database.pool())
        .await
        .expect("updates");
    assert_eq!(browser.get(&path).await.status, 404);
}
