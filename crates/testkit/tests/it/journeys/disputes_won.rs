//! Disputes that end for us: the money is with us again, and all that was taken for the bank is where it was before.

use serde_json::{Value, json};
use testkit::TestSite;

use crate::steps::chargebacks::{
    cases, close, hear_of_victory, hours, spend, sums, vindicated_booking, vindicated_card,
};
use crate::steps::gifts::{claim, left_on, mailed_code, redeem, send_to, steps_of};
use crate::steps::journey::{balance, cancel, faults, look, shown, status, text};
use crate::steps::refund_requests::facts;

/// What the books say of chargebacks: what is looked for, and what is lost.
async fn missing(site: &TestSite) -> (i64, i64) {
    assert_eq!(faults(site).await, Vec::<String>::new());
    (balance(site, "chargeback_receivable").await, balance(site, "chargeback_losses").await)
}

/// The mails of a template: to whom, and their text.
async fn mailed(site: &TestSite, template: &str) -> Vec<(String, String)> {
    sqlx::query_as("SELECT to_address, body_text FROM mails WHERE template = $1 ORDER BY id")
        .bind(template)
        .fetch_all(site.test_database().database.pool())
        .await
        .expect("reads")
}

#[tokio::test]
async fn a_card_has_its_value_again_and_goes_on() {
    let site = TestSite::new().await;
    let (order, card) = vindicated_card(&site.cast.customer, 5_000).await;
    hours(&site, 2).await;
    let customer = site.cast.customer.signed_in_anew(&site).await;
    let state = async |caller: &testkit::TestCaller| {
        let order = caller.get(&format!("/api/gift-card-orders/{order}")).await.json();
        let listed = caller.get("/api/gift-card-orders").await.json();
        assert_eq!(listed["items"][0]["state"], order["state"]);
        text(&order, "state").to_owned()
    };
    assert_eq!((left_on(&customer, &card).await, state(&customer).await.as_str()), (0, "charged_back"));
    let taken = mailed(&site, "value_charged_back").await;
    assert!(taken.len() == 1 && taken[0].1.contains("We took $50.00 off a gift card of yours."), "{taken:?}");
    assert!(taken[0].1.contains("help@stagedoor.test") && taken[0].1.contains(&card), "{taken:?}");
    hear_of_victory(&site).await;
    let customer = customer.signed_in_anew(&site).await;
    assert_eq!((left_on(&customer, &card).await, state(&customer).await.as_str()), (5_000, "paid"));
    assert_eq!(redeem(&customer, &card, 100, "on").await.status, 201, "it goes on");
    let steps: Vec<String> = steps_of(&customer, &card).await.into_iter().map(|(kind, ..)| kind).collect();
    assert_eq!(steps, ["issued", "frozen", "reclaimed", "unfrozen", "refunded", "redeemed"]);
    let case = cases(&site).await.remove(0);
    assert_eq!((text(&case, "state"), case["won_at"].is_string(), sums(&case)), ("closed", true, [5_000, 5_000, 0]));
    assert_eq!((missing(&site).await, balance(&site, "provider_clearing").await), ((0, 0), 5_000));
    assert_eq!(mailed(&site, "value_restored").await.len(), 1);
    hours(&site, 2).await;
    let told = (facts(&site, "payment.chargeback_won").await, mailed(&site, "value_restored").await.len());
    assert_eq!((told, missing(&site).await), ((1, 1), (0, 0)), "once");
    let returned = customer.signed_in_anew(&site).await.get(&format!("/api/gift-card-orders/{order}")).await.json();
    assert_eq!(text(&returned, "state"), "paid");
}

#[tokio::test]
async fn credit_and_what_a_friend_has_come_back_to_each_of_them_also_after_staff_gave_the_rest_up() {
    let site = TestSite::new().await;
    let (customer, friend) = (&site.cast.customer, &site.cast.other_customer);
    let (_, card) = vindicated_card(customer, 10_000).await;
    spend(&site, customer, &card, 3_000).await;
    redeem(customer, &card, 1_000, "redeem").await;
    send_to(customer, &card, "friend@elsewhere.test", "send").await;
    let theirs = claim(friend, &mailed_code(&site).await, "claim").await.json();
    hours(&site, 2).await;
    let case = cases(&site).await.remove(0);
    assert_eq!(sums(&case), [10_000, 7_000, 3_000]);
    let support = site.cast.support.signed_in_anew(&site).await;
    assert_eq!(close(&support, &case, "It was spent", "close").await.status, 200);
    assert_eq!(missing(&site).await, (0, 3_000));
    assert_eq!(mailed(&site, "value_charged_back").await.len(), 2, "to each who has lost something");
    hear_of_victory(&site).await;
    assert_eq!((missing(&site).await, balance(&site, "customer_credit").await), ((0, 0), -1_000));
    let friend = friend.signed_in_anew(&site).await;
    assert_eq!(left_on(&friend, text(&theirs, "id")).await, 6_000);
    let credit = customer.signed_in_anew(&site).await.get("/api/me/credit/history?currency=USD").await.json();
    let kinds: Vec<&str> = credit["items"].as_array().expect("steps").iter().map(|step| text(step, "kind")).collect();
    assert_eq!(kinds, ["redeemed", "charged_back", "restored"]);
    let mut whom: Vec<String> = mailed(&site, "value_restored").await.into_iter().map(|(to, _)| to).collect();
    whom.dedup();
    assert_eq!(whom.len(), 2);
    let case = cases(&site).await.remove(0);
    assert_eq!((text(&case, "note"), case["closed_by"].is_string()), ("It was spent", true));
}

#[tokio::test]
async fn a_code_that_nobody_has_used_opens_the_card_again() {
    let site = TestSite::new().await;
    let (customer, friend) = (&site.cast.customer, &site.cast.other_customer);
    let (_, card) = vindicated_card(customer, 5_000).await;
    send_to(customer, &card, "friend@elsewhere.test", "send").await;
    let code = mailed_code(&site).await;
    hours(&site, 2).await;
    let early = claim(&friend.signed_in_anew(&site).await, &code, "early").await;
    assert_eq!(early.status, 404, "{}", early.text());
    hear_of_victory(&site).await;
    let claimed = claim(&friend.signed_in_anew(&site).await, &code, "late").await;
    assert_eq!((claimed.status, &claimed.json()["balance"]["amount_minor"]), (201, &json!(5_000)));
    assert_eq!(missing(&site).await, (0, 0));
}

#[tokio::test]
async fn what_staff_have_stopped_stays_so_and_what_is_over_becomes_credit() {
    let site = TestSite::new().await;
    let (customer, friend) = (&site.cast.customer, &site.cast.other_customer);
    let (_, stopped) = vindicated_card(customer, 5_000).await;
    let (_, over) = vindicated_card(friend, 3_000).await;
    hours(&site, 2).await;
    let support = site.cast.support.signed_in_anew(&site).await;
    let body = json!({"reason": "Let it go on"});
    assert_eq!(support.post(&format!("/api/gift-cards/{stopped}/unfreeze"), &body).await.status, 200);
    let again = support.post(&format!("/api/gift-cards/{stopped}/freeze"), &json!({"reason": "It was lost"})).await;
    assert_eq!(again.status, 200, "{}", again.text());
    sqlx::query(
        "UPDATE gift_cards SET last_day = $2::timestamptz::date, zone = 'UTC', ends_at = $2 WHERE id = $1::uuid",
    )
    .bind(&over)
    .bind(site.now() + chrono::TimeDelta::minutes(1))
    .execute(site.test_database().database.pool())
    .await
    .expect("ends");
    hear_of_victory(&site).await;
    let seen = customer.signed_in_anew(&site).await.get(&format!("/api/gift-cards/{stopped}")).await.json();
    assert_eq!((text(&seen, "state"), &seen["balance"]["amount_minor"]), ("frozen", &json!(5_000)));
    let credit = friend.signed_in_anew(&site).await.get("/api/me/credit").await.json();
    assert_eq!(credit["items"], json!([{"amount_minor": 3_000, "currency": "USD"}]));
    assert_eq!(missing(&site).await, (0, 0));
}

#[tokio::test]
async fn a_booking_that_was_called_off_is_refunded_after_all() {
    let site = TestSite::new().await;
    let booking = vindicated_booking(&site, &site.cast.customer).await;
    hours(&site, 2).await;
    let customer = site.cast.customer.signed_in_anew(&site).await;
    let preview = cancel(&site, &customer, &booking).await;
    assert_eq!(shown(&preview["parts"]), [("card", "by_bank", 26_250)]);
    assert_eq!(balance(&site, "provider_clearing").await, 0);
    hear_of_victory(&site).await;
    let customer = customer.signed_in_anew(&site).await;
    assert_eq!(text(&look(&customer, &booking).await, "payment_status"), "refunded");
    let payment = customer.get(&format!("/api/payments/{}", text(&cases(&site).await[0], "payment_id"))).await.json();
    let refunds = payment["refunds"].as_array().expect("refunds");
    let told: Vec<(&str, &Value)> = refunds.iter().map(|one| (text(one, "state"), &one["covers_chargeback"])).collect();
    assert_eq!(told, [("failed", &json!(true)), ("succeeded", &json!(false))]);
    assert_eq!(payment["charged_back"]["amount_minor"], json!(0));
    assert_eq!((missing(&site).await, balance(&site, "provider_clearing").await), ((0, 0), 0));
    let returned: i64 = sqlx::query_scalar("SELECT sum(refunded_minor)::bigint FROM sandbox_card_payments")
        .fetch_one(site.test_database().database.pool())
        .await
        .expect("sums");
    assert_eq!(returned, 26_250, "the bank card has it");
}

#[tokio::test]
async fn a_booking_that_stands_has_its_money_and_is_refunded_as_any_other() {
    let site = TestSite::new().await;
    let booking = vindicated_booking(&site, &site.cast.customer).await;
    hours(&site, 2).await;
    let payment = format!("/api/payments/{}", text(&cases(&site).await[0], "payment_id"));
    let disputed = site.cast.customer.signed_in_anew(&site).await.get(&payment).await.json();
    assert_eq!(disputed["charged_back"]["amount_minor"], json!(26_250));
    hear_of_victory(&site).await;
    assert_eq!((missing(&site).await, balance(&site, "provider_clearing").await), ((0, 0), 26_250));
    assert_eq!(status(&site, &booking).await.0, "confirmed");
    let preview = cancel(&site, &site.cast.customer.signed_in_anew(&site).await, &booking).await;
    assert_eq!(shown(&preview["parts"]), [("card", "as_paid", 26_250)]);
    assert_eq!((missing(&site).await, balance(&site, "provider_clearing").await), ((0, 0), 0));
}
