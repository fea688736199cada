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

#[tokio::test]
async fn the_list_says_where_from_and_which_one_asks() {
    let site = TestSite::new().await;
    let listed = site.cast.customer.get("/api/me/sessions").await.json();
    let items = listed["items"].as_array().expect("a list");
    // The kit signs everybody in with a token and with a cookie.
    assert_eq!((items.len(), &listed["next_cursor"]), (2, &Value::Null));
    assert_eq!(items.iter().filter(|one| one["current"] == true).count(), 1, "{listed}");
    assert!(items.iter().all(|one| one["id"].is_string() && one.to_string().contains("testkit")), "{listed}");
}

#[tokio::test]
async fn nobody_s_list_has_the_sessions_of_others() {
    let site = TestSite::new().await;
    let ids = async |caller: &testkit::TestCaller| -> Vec<String> {
        let listed = caller.get("/api/me/sessions").await.json();
        listed["items"].as_array().expect("a list").iter().map(|one| one["id"].to_string()).collect()
    };
    let (mine, theirs) = (ids(&site.cast.customer).await, ids(&site.cast.other_customer).await);
    assert!(mine.iter().all(|id| !theirs.contains(id)), "{mine:?} {theirs:?}");
    let path = format!("/api/me/sessions/{}", theirs[0].trim_matches('"'));
    assert_eq!(site.cast.customer.call("DELETE", &path, None, &[]).await.code(), "not_found");
    assert_eq!(site.cast.other_customer.get("/api/me").await.status, 200);
}

#[tokio::test]
async fn one_s_own_session_can_be_ended_too() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    let listed = customer.get("/api/me/sessions").await.json();
    let own = listed["items"].as_array().expect("a list").iter().find(|one| one["current"] == true).expect("this one");
    let path = format!("/api/me/sessions/{}", own["id"].as_str().expect("an id"));
    assert_eq!(customer.call("DELETE", &path, None, &[]).await.status, 204);
    assert_eq!(customer.get("/api/me").await.code(), "invalid_token");
    assert_eq!(customer.by_cookie().get("/api/me").await.status, 200, "the browser's goes on");
}

#[tokio::test]
async fn ending_all_others_again_is_no_mistake() {
    let site = TestSite::new().await;
    for _ in 0..2 {
        assert_eq!(site.cast.customer.call("DELETE", "/api/me/sessions", None, &[]).await.status, 204);
    }
    assert_eq!(site.cast.customer.by_cookie().get("/api/me").await.code(), "sign_in_first");
}

#[tokio::test]
async fn leaving_one_place_leaves_the_others_signed_in() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    assert_eq!(customer.by_cookie().post("/api/auth/logout", &json!({})).await.status, 204);
    assert_eq!(customer.by_cookie().get("/api/me").await.code(), "sign_in_first");
    assert_eq!(customer.get("/api/me").await.status, 200);
}
