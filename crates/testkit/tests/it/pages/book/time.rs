//! A wall time that somebody types in the first step of booking.

use testkit::TestSite;

use crate::steps::journey::{at, book};

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
