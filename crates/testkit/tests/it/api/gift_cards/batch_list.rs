//! Batches with what became of their cards.

use serde_json::{Value, json};
use testkit::TestSite;

use crate::steps::gifts::{batch, claim, mailed_code, redeem, send_to};
use crate::steps::journey::text;

const PATH: &str = "/api/gift-cards/batches";
const ONE: &str = "/api/gift-card-batches";

async fn issue(site: &TestSite, name: &str) -> Value {
    let issued = site.cast.admin.post(PATH, &batch("goodwill", 3, name)).await;
    assert_eq!(issued.status, 201, "{}", issued.text());
    issued.json()
}

fn minor(batch: &Value, field: &str) -> i64 {
    batch[field]["amount_minor"].as_i64().expect("an amount")
}

#[tokio::test]
async fn the_newest_stand_first_page_by_page() {
    let site = TestSite::new().await;
    for name in ["One", "Two", "Three"] {
        issue(&site, name).await;
        site.clock.advance(chrono::TimeDelta::seconds(1));
    }
    let admin = &site.cast.admin;
    let first = admin.get(&format!("{PATH}?limit=2")).await.json();
    let names = |page: &Value| -> Vec<String> {
        page["items"].as_array().expect("batches").iter().map(|one| text(one, "name").to_owned()).collect()
    };
    assert_eq!(names(&first), ["Three", "Two"]);
    let rest = admin.get(&format!("{PATH}?limit=2&cursor={}", text(&first, "next_cursor"))).await.json();
    assert_eq!((names(&rest), &rest["next_cursor"]), (vec!["One".to_owned()], &Value::Null));
    let bad = admin.get(&format!("{PATH}?cursor=xyz")).await;
    assert_eq!((bad.status, bad.code().as_str()), (422, "bad_cursor"));
}

#[tokio::test]
async fn only_admins_see_them() {
    let site = TestSite::new().await;
    let id = issue(&site, "One").await;
    for caller in [&site.cast.support, &site.cast.customer] {
        for path in [PATH.to_owned(), format!("{ONE}/{}", text(&id, "id"))] {
            assert_eq!(caller.get(&path).await.code(), "role_required", "{path}");
        }
    }
}

#[tokio::test]
async fn a_batch_says_what_was_claimed_spent_and_is_left_on_cards_that_were_sent_on_too() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let issued = issue(&site, "One").await;
    let code = |place: usize| text(&issued["cards"][place], "code").to_owned();
    let card = text(&claim(&cast.customer, &code(0), "a").await.json(), "id").to_owned();
    assert_eq!(redeem(&cast.customer, &card, 1_000, "b").await.status, 201);
    assert_eq!(send_to(&cast.customer, &card, "friend@example.net", "c").await.status, 201);
    let sent = claim(&cast.other_customer, &mailed_code(&site).await, "d").await.json();
    assert_eq!(redeem(&cast.other_customer, text(&sent, "id"), 500, "e").await.status, 201);
    let shown = cast.admin.get(&format!("{ONE}/{}", text(&issued, "id"))).await.json();
    assert_eq!((&shown["claimed"], &shown["frozen"], &shown["cards"]), (&json!(1), &json!(0), &json!(3)));
    let sums = ["issued", "spent", "left", "held", "expired"].map(|field| minor(&shown, field));
    assert_eq!(sums, [15_000, 1_500, 13_500, 0, 0]);
}

#[tokio::test]
async fn a_batch_that_never_was_is_missing() {
    let site = TestSite::new().await;
    let missing = site.cast.admin.get(&format!("{ONE}/01939e00-0000-7000-8000-000000000000")).await;
    assert_eq!((missing.status, missing.code().as_str()), (404, "not_found"));
}
