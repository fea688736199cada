//! Free times of one offering.

use serde_json::json;
use testkit::TestSite;

use crate::steps::journey::{at, book};

#[tokio::test]
async fn times_are_free_until_they_are_taken_and_told_on_the_asked_clock() {
    let site = TestSite::new().await;
    let star = &site.cast.star;
    let path = format!(
        "/api/celebrities/{}/availability?offering_id={}&from=2026-12-06&to=2026-12-06&tz=Asia/Tokyo",
        star.slug, star.call.id
    );
    let free = site.cast.anonymous.get(&path).await.json();
    assert_eq!((&free["time_zone"], &free["celebrity_time_zone"]), (&json!("Asia/Tokyo"), &json!("UTC")));
    let slot =
        json!({"starts_at": "2026-12-06T10:00:00Z", "ends_at": "2026-12-06T10:30:00Z", "local": "2026-12-06T19:00"});
    assert!(free["slots"].as_array().unwrap().contains(&slot), "{free}");
    book(&site.cast.customer, star, at(&site, 5, 10)).await;
    assert!(!site.cast.anonymous.get(&path).await.json()["slots"].as_array().unwrap().contains(&slot));
    site.jobs_may_be_left();
}

#[tokio::test]
async fn another_s_offering_is_not_found_and_too_many_days_are_refused() {
    let site = TestSite::new().await;
    let (star, other) = (&site.cast.star, &site.cast.other_star);
    let ask = async |offering, to: &str| {
        let path =
            format!("/api/celebrities/{}/availability?offering_id={offering}&from=2026-12-06&to={to}", star.slug);
        site.cast.anonymous.get(&path).await
    };
    assert_eq!(ask(other.call.id, "2026-12-06").await.code(), "not_found");
    let refused = ask(star.call.id, "2027-02-06").await;
    assert_eq!((refused.status, &refused.problem()["errors"][0]["code"]), (400, &json!("too_many_days")));
}
