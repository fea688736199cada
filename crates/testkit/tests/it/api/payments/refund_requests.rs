//! The list of refunds beyond the policy.

use chrono::TimeDelta;
use serde_json::{Value, json};
use testkit::TestSite;

use crate::steps::journey::{kept_booking, text};
use crate::steps::objects::NOBODY_S;
use crate::steps::refund_requests::{asked, decide, two_of_staff};

#[tokio::test]
async fn they_are_listed_newest_first_by_state_and_booking_in_pages() {
    let site = TestSite::new().await;
    let booking = kept_booking(&site).await;
    let (support, admin) = two_of_staff(&site).await;
    let mut ids = Vec::new();
    for minor in 1..=3 {
        site.clock.advance(TimeDelta::seconds(1));
        ids.push(asked(&support, &booking, minor, &format!("ask-{minor}")).await);
    }
    decide(&admin, &ids[0], "refusal", "one").await;
    let listed = async |query: &str| -> Vec<String> {
        let page = admin.get(&format!("/api/refund-requests{query}")).await.json();
        page["items"].as_array().expect("items").iter().map(|one| text(one, "id").to_owned()).collect()
    };
    assert_eq!(listed("").await, [ids[2].as_str(), &ids[1], &ids[0]]);
    assert_eq!(listed("?state=open").await, [ids[2].as_str(), &ids[1]]);
    assert_eq!(listed(&format!("?state=declined&booking_id={}", text(&booking, "id"))).await, [ids[0].as_str()]);
    assert!(listed(&format!("?booking_id={NOBODY_S}")).await.is_empty());
    let first = admin.get("/api/refund-requests?limit=2").await.json();
    let next = listed(&format!("?limit=2&cursor={}", text(&first, "next_cursor"))).await;
    assert_eq!(next, [ids[0].as_str()]);
    site.run_jobs().await;
}

#[tokio::test]
async fn others_see_none_of_them_and_a_wrong_place_is_refused() {
    let site = TestSite::new().await;
    for caller in [&site.cast.customer, &site.cast.celebrity, &site.cast.agent] {
        assert_eq!(caller.get("/api/refund-requests").await.status, 403, "{}", caller.name);
    }
    let refused = site.cast.support.get("/api/refund-requests?cursor=nonsense").await;
    assert_eq!((refused.status, refused.code().as_str()), (422, "bad_cursor"));
    assert_eq!(site.cast.support.get("/api/refund-requests?state=lost").await.status, 400);
}

#[tokio::test]
async fn one_says_who_asked_and_who_decided() {
    let site = TestSite::new().await;
    let booking = kept_booking(&site).await;
    let (support, admin) = two_of_staff(&site).await;
    let id = asked(&support, &booking, 5, "one").await;
    let path = format!("/api/refund-requests/{id}");
    assert_eq!(support.get(&path).await.json()["decided_at"], Value::Null);
    decide(&admin, &id, "approval", "two").await;
    let seen = support.get(&path).await.json();
    assert_eq!((&seen["asked_by"], &seen["decided_by"]), (&json!(support.id()), &json!(admin.id())));
    assert_eq!(text(&seen, "state"), "approved");
    site.run_jobs().await;
}

#[tokio::test]
async fn one_that_never_was_is_missing() {
    let site = TestSite::new().await;
    let path = format!("/api/refund-requests/{NOBODY_S}");
    assert_eq!(site.cast.admin.get(&path).await.status, 404);
    assert_eq!(site.cast.customer.get(&path).await.status, 403);
}
