//! The cases of what banks took back: listed, looked at and closed.

use serde_json::{Value, json};
use testkit::TestSite;

use crate::steps::chargebacks::{cases, close, doubtful_booking, doubtful_card, hours, spend};
use crate::steps::gifts::{claim, mailed_code, send_to};
use crate::steps::journey::{balance, faults, text};
use crate::steps::objects::NOBODY_S;
use crate::steps::refund_requests::{facts, two_of_staff};

#[tokio::test]
async fn they_are_listed_by_state_in_pages() {
    let site = TestSite::new().await;
    doubtful_card(&site.cast.customer, 5_000).await;
    doubtful_booking(&site, &site.cast.other_customer).await;
    hours(&site, 2).await;
    let (support, _) = two_of_staff(&site).await;
    let listed = async |query: &str| support.get(&format!("/api/chargebacks{query}")).await.json();
    let open = listed("?state=open").await;
    assert_eq!(open["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(text(&open["items"][0], "customer_id"), site.cast.other_customer.id().to_string());
    assert_eq!(listed("?state=closed").await["items"].as_array().map(Vec::len), Some(1));
    let first = listed("?limit=1").await;
    let second = listed(&format!("?limit=1&cursor={}", text(&first, "next_cursor"))).await;
    assert_ne!(first["items"][0]["id"], second["items"][0]["id"]);
    assert_eq!(second["next_cursor"], Value::Null);
}

#[tokio::test]
async fn others_see_none_of_them_and_a_wrong_place_is_refused() {
    let site = TestSite::new().await;
    for caller in [&site.cast.customer, &site.cast.celebrity, &site.cast.agent] {
        assert_eq!(caller.get("/api/chargebacks").await.status, 403, "{}", caller.name);
    }
    let refused = site.cast.support.get("/api/chargebacks?cursor=nonsense").await;
    assert_eq!((refused.status, refused.code().as_str()), (422, "bad_cursor"));
}

#[tokio::test]
async fn one_says_what_was_paid_what_was_found_and_on_which_cards() {
    let site = TestSite::new().await;
    let (order, card) = doubtful_card(&site.cast.customer, 5_000).await;
    spend(&site, &site.cast.customer, &card, 1_999).await;
    hours(&site, 2).await;
    let case = cases(&site).await.remove(0);
    let (support, _) = two_of_staff(&site).await;
    let seen = support.get(&format!("/api/chargebacks/{}", text(&case, "id"))).await.json();
    assert_eq!((text(&seen, "gift_card_order_id"), &seen["booking_id"]), (order.as_str(), &Value::Null));
    assert_eq!((&seen["taken_back"]["amount_minor"], &seen["rest"]["amount_minor"]), (&json!(3_001), &json!(1_999)));
    assert_eq!(seen["cards"], json!([{"gift_card_id": card, "last_group": null}]));
}

#[tokio::test]
async fn one_that_never_was_is_missing() {
    let site = TestSite::new().await;
    let path = format!("/api/chargebacks/{NOBODY_S}");
    assert_eq!(site.cast.admin.get(&path).await.status, 404);
    let closed = site.cast.admin.post(&format!("{path}/closure"), &json!({"note": "Gone"})).await;
    assert_eq!(closed.status, 404);
}

#[tokio::test]
async fn a_case_is_closed_once_with_a_note_and_its_rest_is_lost() {
    let site = TestSite::new().await;
    let (_, card) = doubtful_card(&site.cast.customer, 5_000).await;
    spend(&site, &site.cast.customer, &card, 1_500).await;
    hours(&site, 2).await;
    let case = cases(&site).await.remove(0);
    let (support, admin) = two_of_staff(&site).await;
    let silent = close(&support, &case, " ", "one").await;
    assert_eq!((silent.status, &silent.problem()["errors"][0]["field"]), (422, &json!("note")));
    let closed = close(&support, &case, "The buyer is gone", "one").await;
    assert_eq!((closed.status, text(&closed.json(), "state")), (200, "closed"), "{}", closed.text());
    assert_eq!(
        (text(&closed.json(), "note"), &closed.json()["closed_by"]),
        ("The buyer is gone", &json!(support.id()))
    );
    assert_eq!(close(&support, &case, "The buyer is gone", "one").await.header("idempotency-replayed"), "true");
    let again = close(&admin, &case, "Again", "two").await;
    assert_eq!((again.status, again.code().as_str()), (409, "already_decided"));
    assert_eq!((balance(&site, "chargeback_losses").await, balance(&site, "chargeback_receivable").await), (1_500, 0));
    assert_eq!((facts(&site, "payment.chargeback_closed").await, faults(&site).await), (1, Vec::new()));
    site.run_jobs().await;
}

#[tokio::test]
async fn nobody_closes_a_case_of_their_own_and_customers_close_none() {
    let site = TestSite::new().await;
    let (_, card) = doubtful_card(&site.cast.support, 5_000).await;
    spend(&site, &site.cast.support, &card, 1).await;
    hours(&site, 2).await;
    let case = cases(&site).await.remove(0);
    let (support, admin) = two_of_staff(&site).await;
    let own = close(&support, &case, "It is fine", "one").await;
    assert_eq!((own.status, own.code().as_str()), (409, "own_case"));
    let customer = site.cast.customer.signed_in_anew(&site).await;
    assert_eq!(close(&customer, &case, "It is fine", "two").await.status, 403);
    assert_eq!(close(&admin, &case, "It is fine", "three").await.status, 200);
    site.run_jobs().await;
}

#[tokio::test]
async fn whoever_has_a_card_of_the_case_closes_it_no_more_than_its_buyer() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let (_, card) = doubtful_card(&cast.customer, 5_000).await;
    spend(&site, &cast.customer, &card, 1_000).await;
    assert_eq!(send_to(&cast.customer, &card, "support@example.org", "send").await.status, 201);
    assert_eq!(claim(&cast.support, &mailed_code(&site).await, "claim").await.status, 201);
    hours(&site, 2).await;
    let case = cases(&site).await.remove(0);
    let (support, admin) = two_of_staff(&site).await;
    let own = close(&support, &case, "It is fine", "one").await;
    assert_eq!((own.status, own.code().as_str()), (409, "own_case"));
    assert_eq!(close(&admin, &case, "It was spent", "two").await.status, 200);
    site.run_jobs().await;
}
