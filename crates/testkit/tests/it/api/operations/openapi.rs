//! The API as a document.

use testkit::TestSite;

#[tokio::test]
async fn the_document_says_who_may_call_what() {
    let site = TestSite::new().await;
    let answer = site.cast.anonymous.get("/api/openapi.json").await;
    assert_eq!((answer.status, answer.header("content-type").as_str()), (200, "application/json"));
    let document = answer.json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let placing = &document["paths"]["/api/bookings"]["post"];
    assert_eq!(placing["security"][2]["api_key"][0], "bookings:write");
    assert!(placing["responses"]["409"].is_object() && placing["responses"]["201"].is_object());
}

#[tokio::test]
async fn the_document_is_for_everybody_and_says_where_the_api_is() {
    let site = TestSite::new().await;
    let answer = site.cast.anonymous.get("/api/openapi.json").await;
    assert!(answer.header("cache-control").contains("public"), "{}", answer.header("cache-control"));
    assert_eq!(answer.json()["servers"][0]["url"], "https://stagedoor.test");
    assert_eq!(answer.json()["paths"]["/api/bookings"]["post"]["operationId"], "place_booking");
}
