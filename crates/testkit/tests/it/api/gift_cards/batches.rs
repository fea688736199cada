//! Cards that staff issue together.

use std::collections::HashSet;

use serde_json::{Value, json};
use testkit::TestSite;

use crate::steps::gifts::{batch, claim, issue};
use crate::steps::journey::{balance, faults};

#[tokio::test]
async fn codes_are_in_the_answer_and_nowhere_else() {
    let site = TestSite::new().await;
    let cards = issue(&site, "promotional", 20).await;
    let codes: HashSet<&String> = cards.iter().map(|(_, code)| code).collect();
    assert_eq!((cards.len(), codes.len()), (20, 20));
    let dump = "SELECT string_agg(c::text, ' ') FROM gift_card_codes c";
    let stored: String =
        sqlx::query_scalar(dump).fetch_one(site.test_database().database.pool()).await.expect("can be read");
    let kept = "SELECT count(*) FROM idempotency_keys";
    let kept: i64 = sqlx::query_scalar(kept).fetch_one(site.test_database().database.pool()).await.expect("counts");
    assert_eq!(kept, 0, "an answer that is kept would keep the codes");
    for code in codes {
        let plain = code.replace('-', "");
        assert!(!stored.contains(code) && !stored.contains(&plain[..16]), "{stored}");
    }
    assert_eq!((balance(&site, "gift_card").await, balance(&site, "promotion_costs").await), (-100_000, 100_000));
    assert!(faults(&site).await.is_empty());
}

#[tokio::test]
async fn no_two_batches_have_the_same_name_and_cards_that_are_bought_are_not_given_away() {
    let site = TestSite::new().await;
    let (admin, path) = (&site.cast.admin, "/api/gift-cards/batches");
    assert_eq!(admin.post(path, &batch("goodwill", 1, "Rain")).await.status, 201);
    let again = admin.post(path, &batch("goodwill", 1, "Rain")).await;
    assert_eq!((again.status, again.code().as_str()), (409, "batch_name_taken"));
    let mut wrong = batch("platform", 0, " ");
    wrong["last_day"] = json!("2020-01-01");
    let refused = admin.post(path, &wrong).await;
    let problem = refused.problem();
    let fields: Vec<&Value> =
        problem["errors"].as_array().expect("faults").iter().map(|fault| &fault["field"]).collect();
    assert_eq!(
        (refused.status, fields),
        (422, vec![&json!("name"), &json!("kind"), &json!("cards"), &json!("last_day")])
    );
    assert_eq!(balance(&site, "gift_card").await, -5_000, "nothing of that was issued");
}

#[tokio::test]
async fn a_card_works_to_the_end_of_its_last_day_where_that_is_shown() {
    let site = TestSite::new().await;
    let today = site.now().date_naive();
    let mut asked = batch("promotional", 1, "Today");
    asked["last_day"] = json!(today);
    asked["time_zone"] = json!("Asia/Kolkata");
    let issued = site.cast.admin.post("/api/gift-cards/batches", &asked).await.json();
    let code = issued["cards"][0]["code"].as_str().expect("a code");
    let card = claim(&site.cast.customer, code, "one").await.json();
    assert_eq!((&card["last_day"], &card["time_zone"]), (&json!(today), &json!("Asia/Kolkata")));
    assert_eq!(card["ends_at"], json!(format!("{today}T18:30:00Z")));
    asked["name"] = json!("Mars");
    asked["time_zone"] = json!("Mars/Olympus");
    assert_eq!(site.cast.admin.post("/api/gift-cards/batches", &asked).await.status, 422);
}

#[tokio::test]
async fn the_cards_of_a_batch_have_a_ceiling_together() {
    let site = TestSite::new().await;
    let (admin, path) = (&site.cast.admin, "/api/gift-cards/batches");
    assert_eq!(admin.post(path, &batch("goodwill", 200, "Most")).await.status, 201);
    let refused = admin.post(path, &batch("goodwill", 201, "More")).await;
    let problem = refused.problem();
    assert_eq!((refused.status, &problem["errors"][0]["field"]), (422, &json!("value_minor")));
    let words = "The cards of one batch are worth at most $10,000.00 together. Issue fewer, or put less on each.";
    assert_eq!(problem["errors"][0]["message"], words);
    assert_eq!(balance(&site, "gift_card").await, -1_000_000, "nothing of that was issued");
}
