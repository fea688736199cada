//! Where the caller is signed in, and ending that.

use serde_json::{Value, json};
use testkit::TestSite;

#[tokio::test]
async fn one_session_is_ended_and_the_others_go_on() {
    let site = TestSite::new().await;
    let (here, there) = (&site.cast.customer, site.cast.customer.signed_in_anew(&site).await);
    let listed = there.get("/api/me/sessions").await.json();
    let current: Vec<&Value> =
        listed["items"].as_array().unwrap().iter().filter(|one| one["current"] == true).collect();
    assert_eq!(current.len(), 1, "{listed}");
    let path = format!("/api/me/sessions/{}", current[0]["id"].as_str().unwrap());
    assert_eq!(here.call("DELETE", &path, None, &[]).await.status, 204);
    assert_eq!((there.get("/api/me").await.status, here.get("/api/me").await.status), (401, 200));
    let again = here.call("DELETE", &path, None, &[]).await;
    assert_eq!((again.status, again.code().as_str()), (404, "not_found"));
}

#[tokio::test]
async fn all_others_are_ended_at_once() {
    let site = TestSite::new().await;
    let (here, there) = (&site.cast.customer, site.cast.customer.signed_in_anew(&site).await);
    assert_eq!(here.call("DELETE", "/api/me/sessions", None, &[]).await.status, 204);
    assert_eq!((there.get("/api/me").await.status, here.get("/api/me").await.status), (401, 200));
    assert_eq!(here.get("/api/me/sessions").await.json()["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn who_logs_out_is_nobody_with_the_same_token() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    assert_eq!(customer.post("/api/auth/logout", &json!({})).await.status, 204);
    assert_eq!(customer.get("/api/me").await.status, 401);
}
