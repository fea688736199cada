//! Cards as they stand, and their histories.

use chrono::TimeDelta;
use serde_json::{Value, json};
use testkit::TestSite;
use workflows::background::fire_schedules;

use crate::steps::gifts::{batch, card_of, claim, mailed_code, own_card, redeem, send_to};
use crate::steps::journey::{balance, faults, text};

#[tokio::test]
async fn a_list_has_the_newest_first_and_is_one_s_own() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let first = card_of(&site, &cast.customer, "promotional").await;
    site.clock.advance(TimeDelta::seconds(1));
    let second = card_of(&site, &cast.customer, "goodwill").await;
    let listed = cast.customer.get("/api/gift-cards").await.json();
    let ids: Vec<&str> = listed["items"].as_array().expect("cards").iter().map(|card| text(card, "id")).collect();
    assert_eq!(ids, [second.as_str(), &first]);
    assert_eq!(listed["items"][0]["last_group"].as_str().map(str::len), Some(4), "{listed}");
    assert_eq!(cast.other_customer.get("/api/gift-cards").await.json()["items"], json!([]));
}

#[tokio::test]
async fn a_card_says_how_it_is_drawn_wherever_it_is_shown() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let (bought, given) = (own_card(&cast.customer, 5_000).await, card_of(&site, &cast.customer, "promotional").await);
    for (card, design) in [(&bought, "alley"), (&given, "playbill")] {
        assert_eq!(cast.customer.get(&format!("/api/gift-cards/{card}")).await.json()["design"], json!(design));
    }
    let listed = cast.customer.get("/api/gift-cards").await.json();
    let mut designs: Vec<&str> =
        listed["items"].as_array().expect("cards").iter().map(|card| text(card, "design")).collect();
    designs.sort_unstable();
    assert_eq!(designs, ["alley", "playbill"]);
    let stop = cast.support.post(&format!("/api/gift-cards/{bought}/freeze"), &json!({"reason": "Lost"})).await;
    assert_eq!(text(&stop.json(), "design"), "alley");
    send_to(&cast.customer, &card_of(&site, &cast.customer, "goodwill").await, "friend@elsewhere.test", "send").await;
    let claimed = claim(&cast.other_customer, &mailed_code(&site).await, "claim").await.json();
    assert_eq!((text(&claimed, "design"), claimed["last_group"].as_str().map(str::len)), ("alley", Some(4)));
    site.run_jobs().await;
}

#[tokio::test]
async fn a_list_is_read_page_by_page() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    let mut cards = Vec::new();
    for _ in 0..3 {
        cards.insert(0, card_of(&site, customer, "promotional").await);
    }
    let (mut found, mut path) = (Vec::new(), "/api/gift-cards?limit=2".to_owned());
    loop {
        let page = customer.get(&path).await.json();
        found.extend(page["items"].as_array().expect("cards").iter().map(|card| text(card, "id").to_owned()));
        let Some(next) = page["next_cursor"].as_str() else { break };
        path = format!("/api/gift-cards?limit=2&cursor={next}");
    }
    found.sort();
    cards.sort();
    assert_eq!(found, cards);
    let refused = customer.get("/api/gift-cards?cursor=abc").await;
    assert_eq!((refused.status, refused.code().as_str()), (422, "bad_cursor"));
}

#[tokio::test]
async fn a_history_is_read_page_by_page() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    let card = card_of(&site, customer, "goodwill").await;
    redeem(customer, &card, 1_500, "one").await;
    let path = format!("/api/gift-cards/{card}/history");
    let first = customer.get(&format!("{path}?limit=2")).await.json();
    let numbers = |page: &Value| -> Vec<i64> {
        page["items"].as_array().expect("steps").iter().filter_map(|step| step["number"].as_i64()).collect()
    };
    let rest = customer.get(&format!("{path}?limit=2&cursor={}", text(&first, "next_cursor"))).await.json();
    assert_eq!((numbers(&first), numbers(&rest), &rest["next_cursor"]), (vec![1, 2], vec![3], &Value::Null));
}

#[tokio::test]
async fn an_emptied_card_stays_in_the_list() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    let card = card_of(&site, customer, "goodwill").await;
    assert_eq!(redeem(customer, &card, 5_000, "all").await.status, 201);
    let listed = customer.get("/api/gift-cards").await.json();
    assert_eq!((&listed["items"][0]["id"], &listed["items"][0]["balance"]["amount_minor"]), (&json!(card), &json!(0)));
}

#[tokio::test]
async fn a_card_is_shown_to_whoever_has_it_and_to_staff() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let card = card_of(&site, &cast.customer, "promotional").await;
    let path = format!("/api/gift-cards/{card}");
    for caller in [&cast.customer, &cast.support] {
        let shown = caller.get(&path).await;
        assert_eq!((shown.status, text(&shown.json(), "state")), (200, "active"), "{}", shown.text());
    }
    for caller in [&cast.other_customer, &cast.celebrity] {
        let hidden = caller.get(&path).await;
        assert_eq!((hidden.status, hidden.code().as_str()), (404, "not_found"));
    }
}

#[tokio::test]
async fn after_its_last_day_a_card_is_expired_whoever_noticed_first() {
    let site = TestSite::new().await;
    let mut asked = batch("promotional", 1, "Short");
    asked["last_day"] = json!((site.now() + TimeDelta::days(2)).date_naive());
    let issued = site.cast.admin.post("/api/gift-cards/batches", &asked).await.json();
    let card = claim(&site.cast.customer, text(&issued["cards"][0], "code"), "one").await.json();
    let path = format!("/api/gift-cards/{}", text(&card, "id"));
    site.clock.advance(TimeDelta::days(3));
    let customer = site.cast.customer.signed_in_anew(&site).await;
    let shown = customer.get(&path).await.json();
    assert_eq!((text(&shown, "state"), &shown["balance"]["amount_minor"]), ("expired", &json!(5_000)));
    let late = redeem(&customer, text(&card, "id"), 1, "late").await;
    assert_eq!((late.status, late.code().as_str()), (409, "card_expired"));
    fire_schedules(&site.site).await.expect("the database answers");
    site.run_jobs().await;
    let shown = customer.get(&path).await.json();
    assert_eq!((text(&shown, "state"), &shown["balance"]["amount_minor"]), ("expired", &json!(0)));
    assert_eq!((balance(&site, "gift_card").await, balance(&site, "promotion_costs").await), (0, 0));
    assert!(faults(&site).await.is_empty());
}

#[tokio::test]
async fn a_history_names_each_step_with_the_balance_after_it() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let card = card_of(&site, &cast.customer, "goodwill").await;
    redeem(&cast.customer, &card, 1_500, "one").await;
    let path = format!("/api/gift-cards/{card}/history");
    let history = cast.customer.get(&path).await.json();
    let step = |entry: &Value| {
        let minor = |name: &str| entry[name]["amount_minor"].as_i64().expect("an amount");
        (text(entry, "kind").to_owned(), text(entry, "by").to_owned(), minor("change"), minor("balance"))
    };
    let steps: Vec<_> = history["items"].as_array().expect("steps").iter().map(step).collect();
    let wanted =
        [("issued", "staff", 5_000, 5_000), ("claimed", "customer", 0, 5_000), ("redeemed", "customer", -1_500, 3_500)];
    assert_eq!(steps, wanted.map(|(kind, by, change, left)| (kind.to_owned(), by.to_owned(), change, left)));
    assert_eq!(cast.other_customer.get(&path).await.code(), "not_found");
}

#[tokio::test]
async fn a_reason_of_staff_stands_in_the_history() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let card = card_of(&site, &cast.customer, "goodwill").await;
    cast.admin.post(&format!("/api/gift-cards/{card}/freeze"), &json!({"reason": "It was reported stolen"})).await;
    let history = cast.customer.get(&format!("/api/gift-cards/{card}/history")).await.json();
    let last = history["items"].as_array().and_then(|items| items.last()).expect("a step");
    assert_eq!((text(last, "kind"), text(last, "reason")), ("frozen", "It was reported stolen"));
}
