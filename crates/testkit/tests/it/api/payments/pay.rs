//! Every answer that a try to pay can get.

use chrono::TimeDelta;
use serde_json::{Value, json};
use testkit::{CardFault, TestSite};
use workflows::payment::answer_challenge;

use crate::steps::gifts::{apply, card_of, card_with, order_id, pay_agreed, pay_order, tender, withdraw};
use crate::steps::journey::{
    ASKS, CAPTURE_DECLINES, DECLINES, PAYS, at, balance, book, booked, challenge, faults, leg, look, pay,
    provider_keeps, status, text,
};

#[tokio::test]
async fn a_declined_card_costs_nothing_and_another_one_pays() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let booking = book(&cast.customer, &cast.star, at(&site, 5, 10)).await;
    let declined = pay(&cast.customer, &booking, DECLINES, "first").await.json();
    assert_eq!((text(leg(&declined), "state"), text(leg(&declined), "failure_code")), ("failed", "card_declined"));
    assert_eq!(text(&look(&cast.customer, &booking).await, "status"), "awaiting_payment");
    let paid = pay(&cast.customer, &booking, PAYS, "second").await.json();
    assert_eq!((text(&paid, "state"), paid["legs"].as_array().unwrap().len()), ("settled", 2));
    let again = pay(&cast.customer, &booking, PAYS, "third").await;
    assert_eq!((again.status, again.code().as_str()), (409, "already_paid"));
    site.run_jobs().await;
    assert_eq!(balance(&site, "provider_clearing").await, 26_250);
}

#[tokio::test]
async fn the_bank_s_question_is_answered_on_the_sandbox_s_page() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    // The program has a token, and its payer a browser that has never been here.
    let payer = cast.anonymous.browser();
    let booking = book(&cast.customer, &cast.star, at(&site, 5, 10)).await;
    let asked = pay(&cast.customer, &booking, ASKS, "first").await.json();
    assert_eq!(text(leg(&asked), "state"), "action_required");
    let bank = text(leg(&asked), "action_url");
    assert!(bank.starts_with("https://stagedoor.test/sandbox/cards/"), "{bank}");
    payer.submit(bank, bank, &[("decision", "refuse")]).await;
    let failed = look(&cast.customer, &booking).await;
    assert_eq!(text(leg(&failed["payment"]), "failure_code"), "authentication_failed");
    let asked = pay(&cast.customer, &booking, ASKS, "second").await.json();
    let bank = text(leg(&asked), "action_url");
    assert!(payer.get(bank).await.text().contains("Is it you who pays $262.50 to Stagedoor?"));
    payer.submit(bank, bank, &[("decision", "approve")]).await;
    assert_eq!(text(&look(&cast.customer, &booking).await, "status"), "confirmed");
    site.run_jobs().await;
    assert!(answer_challenge(&site.site, "sandbox_nobody", true).await.is_err());
}

#[tokio::test]
async fn who_leaves_the_bank_s_question_can_pay_with_another_card() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let booking = book(&cast.customer, &cast.star, at(&site, 5, 10)).await;
    let asked = pay(&cast.customer, &booking, ASKS, "first").await.json();
    let paid = pay(&cast.customer, &booking, PAYS, "second").await.json();
    assert_eq!(text(&paid, "state"), "settled", "{paid}");
    // The question is void: answering it now takes no money.
    answer_challenge(&site.site, challenge(&asked), true).await.expect("is answered");
    site.run_jobs().await;
    assert_eq!(balance(&site, "provider_clearing").await, 26_250);
    assert!(faults(&site).await.is_empty());
}

#[tokio::test]
async fn a_charge_that_was_never_sent_makes_room_for_the_next_try() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let booking = book(&cast.customer, &cast.star, at(&site, 5, 10)).await;
    // The server dies between writing the leg down and sending the charge: the provider knows nothing of it.
    site.cards.will([CardFault::LosesCharge]);
    pay(&cast.customer, &booking, PAYS, "first").await;
    let again = pay(&cast.customer, &booking, PAYS, "second").await.json();
    assert_eq!((text(&again, "state"), text(&again["legs"][0], "state")), ("settled", "void"));
    site.run_jobs().await;
    assert_eq!(balance(&site, "provider_clearing").await, 26_250);
}

#[tokio::test]
async fn paying_after_the_hold_says_that_it_lapsed_whoever_noticed_first() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let booking = book(&cast.customer, &cast.star, at(&site, 5, 10)).await;
    site.clock.advance(TimeDelta::minutes(15) + TimeDelta::seconds(1));
    let customer = cast.customer.signed_in_anew(&site).await;
    assert_eq!(pay(&customer, &booking, PAYS, "first").await.code(), "hold_lapsed");
    site.run_jobs().await;
    assert_eq!(status(&site, &booking).await.0, "expired");
    assert_eq!(pay(&customer, &booking, PAYS, "second").await.code(), "hold_lapsed");
}

#[tokio::test]
async fn a_leg_of_a_provider_that_is_gone_is_told_as_such_and_asked_of_no_other() {
    let site = TestSite::new().await;
    let (cast, pool) = (&site.cast, site.test_database().database.pool());
    let booking = book(&cast.customer, &cast.star, at(&site, 5, 10)).await;
    let asked = pay(&cast.customer, &booking, ASKS, "first").await.json();
    sqlx::query("UPDATE payment_legs SET provider = 'formerly'").execute(pool).await.expect("updates");
    let refused = pay(&cast.customer, &booking, PAYS, "second").await;
    assert_eq!((refused.status, refused.code().as_str()), (409, "provider_not_configured"), "{}", refused.text());
    let path = format!("/api/payments/{}/refresh", text(&asked, "id"));
    assert_eq!(cast.customer.post(&path, &Value::Null).await.status, 200, "it can be seen all the same");
    // Nobody can say how it ends, and the time is not held for ever because of it.
    site.clock.advance(TimeDelta::minutes(15));
    site.run_jobs().await;
    assert_eq!(status(&site, &booking).await.0, "expired");
    let untouched: String =
        sqlx::query_scalar("SELECT state FROM sandbox_card_payments").fetch_one(pool).await.expect("reads");
    assert_eq!(untouched, "action_required", "the sandbox was not asked about another's leg");
}

#[tokio::test]
async fn another_amount_than_the_payer_agreed_to_is_neither_held_nor_charged() {
    let (site, booking) = booked().await;
    let customer = &site.cast.customer;
    let card = card_of(&site, customer, "goodwill").await;
    let early = pay_agreed(customer, &booking, PAYS, 21_250, "early").await;
    let due = &early.problem()["due"];
    assert_eq!((early.status, early.code().as_str(), &due["amount_minor"]), (409, "amount_changed", &json!(26_250)));
    let applied = apply(customer, &booking, &card, None, "apply").await.json();
    let asked = pay_agreed(customer, &booking, ASKS, 21_250, "asks").await.json();
    let late = pay_agreed(customer, &booking, PAYS, 26_250, "late").await;
    assert_eq!((late.status, late.code().as_str()), (409, "amount_changed"), "{}", late.text());
    let stands = look(customer, &booking).await["payment"]["legs"][1]["state"].clone();
    assert_eq!(
        (text(leg(&asked), "state"), &stands),
        ("action_required", &json!("action_required")),
        "nothing was ended"
    );
    // Who names no amount agrees to the whole price, and that is not due.
    let silently = json!({"method": "card", "card": {"number": PAYS}});
    let silent = tender(customer, &booking, silently.clone(), "silent").await;
    assert_eq!((silent.status, silent.problem()["errors"][0]["field"].as_str()), (422, Some("expected_minor")));
    withdraw(customer, &applied, 0).await;
    let silent = tender(customer, &booking, silently, "silent").await;
    assert_eq!((silent.status, silent.code().as_str()), (422, "invalid_fields"), "{}", silent.text());
    assert_eq!(provider_keeps(&site).await, 0);
    // The same key with the right amount is another request, and a new one: the refusals are not kept.
    let paid = pay_agreed(customer, &booking, PAYS, 26_250, "late").await;
    assert_eq!((paid.status, text(&paid.json(), "state")), (200, "settled"), "{}", paid.text());
    let again = pay_agreed(customer, &booking, PAYS, 26_250, "late").await;
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(provider_keeps(&site).await, 26_250);
    site.run_jobs().await;
}

#[tokio::test]
async fn a_retry_after_a_refused_capture_charges_no_more_than_the_first_try_would_have() {
    let (site, booking) = booked().await;
    let customer = &site.cast.customer;
    let card = card_of(&site, customer, "goodwill").await;
    apply(customer, &booking, &card, None, "apply").await;
    let failed = pay_agreed(customer, &booking, CAPTURE_DECLINES, 21_250, "first").await.json();
    let told = ["state", "failure_code"].map(|name| text(&failed["legs"][0], name));
    assert_eq!(told, ["void", "card_failed"], "the payer's program is told what came off");
    let again = pay_agreed(customer, &booking, PAYS, 21_250, "second").await;
    assert_eq!(
        (again.status, again.problem()["due"]["amount_minor"].as_i64()),
        (409, Some(26_250)),
        "{}",
        again.text()
    );
    assert_eq!(provider_keeps(&site).await, 0);
    site.jobs_may_be_left();
}

#[tokio::test]
async fn what_is_applied_and_what_is_ordered_pay_the_amount_that_was_agreed_to() {
    let (site, booking) = booked().await;
    let customer = &site.cast.customer;
    let card = card_with(&site, customer, "goodwill", 30_000, "USD").await;
    apply(customer, &booking, &card, None, "apply").await;
    let applied = |minor: i64| json!({"method": "applied", "expected_minor": minor});
    let refused = tender(customer, &booking, applied(1), "one").await;
    assert_eq!((refused.status, refused.code().as_str()), (409, "amount_changed"), "{}", refused.text());
    assert_eq!(text(&tender(customer, &booking, applied(26_250), "two").await.json(), "state"), "settled");

    let order = order_id(customer).await;
    let path = format!("/api/gift-card-orders/{order}/payments");
    let refused = customer.post(&path, &json!({"card": {"number": PAYS}, "expected_minor": 4_000})).await;
    assert_eq!((refused.status, refused.problem()["due"]["amount_minor"].as_i64()), (409, Some(5_000)));
    let paid = customer.post(&path, &json!({"card": {"number": PAYS}, "expected_minor": 5_000})).await;
    assert_eq!(text(&paid.json(), "state"), "settled", "{}", paid.text());
    let again = pay_order(customer, &order, PAYS, "again").await;
    assert_eq!((again.status, again.problem()["detail"].as_str()), (409, Some("This is paid already.")));
    site.run_jobs().await;
}
