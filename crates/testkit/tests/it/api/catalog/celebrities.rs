//! Finding celebrities.

use serde_json::{Value, json};
use testkit::TestSite;

fn slugs(found: &Value) -> Vec<&str> {
    found["items"].as_array().expect("a list").iter().map(|card| card["slug"].as_str().expect("a slug")).collect()
}

#[tokio::test]
async fn words_and_prices_narrow_the_list_down() {
    let site = TestSite::new().await;
    let find = async |query: &str| site.cast.anonymous.get(&format!("/api/celebrities?{query}")).await.json();
    let mut all = slugs(&find("").await).into_iter().map(str::to_owned).collect::<Vec<_>>();
    all.sort();
    assert_eq!(all, ["ada-quill", "bo-larsen"]);
    let found = find("q=aad+quill").await;
    assert_eq!(slugs(&found), ["ada-quill"], "typos are forgiven");
    assert_eq!(found["items"][0]["from_price"], json!({"amount_minor": 8_000, "currency": "USD"}));
    assert_eq!(slugs(&find("max_price=7999&currency=USD").await), Vec::<&str>::new());
    assert!(find("facets=true").await["facets"].is_object() && find("").await["facets"].is_null());
}

#[tokio::test]
async fn a_list_goes_on_where_its_page_ended() {
    let site = TestSite::new().await;
    let first = site.cast.anonymous.get("/api/celebrities?limit=1").await.json();
    let cursor = first["next_cursor"].as_str().expect("there is more");
    let rest = site.cast.anonymous.get(&format!("/api/celebrities?limit=1&cursor={cursor}")).await.json();
    assert_ne!(slugs(&first), slugs(&rest));
    assert_eq!((slugs(&rest).len(), &rest["next_cursor"]), (1, &json!(null)));
}

#[tokio::test]
async fn a_price_without_its_currency_is_refused() {
    let site = TestSite::new().await;
    let refused = site.cast.anonymous.get("/api/celebrities?min_price=1").await;
    assert_eq!((refused.status, refused.code().as_str()), (400, "invalid_query"));
    assert_eq!(refused.problem()["errors"][0]["field"], "currency");
}
