//! What banks take back: unspent value comes back from wherever it is, the rest is a case, and nothing is done twice.

use chrono::TimeDelta;
use serde_json::{Value, json};
use testkit::TestSite;

use crate::steps::chargebacks::{cases, close, dispute_now, doubtful_booking, doubtful_card, hours, spend, sums};
use crate::steps::gifts::{
    apply, claim, give_credit, left_on, mailed_code, own_card, pay_order, redeem, send_to, tender,
};
use crate::steps::journey::{CHARGED_BACK, PAYS, at, balance, book, cancel, faults, look, pay, shown, status, text};
use crate::steps::refund_requests::{ask, asked, decide, facts, two_of_staff};

/// What the books say of chargebacks: what is looked for, and what is lost.
async fn missing(site: &TestSite) -> (i64, i64) {
    assert_eq!(faults(site).await, Vec::<String>::new());
    (balance(site, "chargeback_receivable").await, balance(site, "chargeback_losses").await)
}

#[tokio::test]
async fn an_unspent_card_is_taken_back_whole_and_leaves_no_case() {
    let site = TestSite::new().await;
    let (order, card) = doubtful_card(&site.cast.customer, 5_000).await;
    hours(&site, 2).await;
    let found = cases(&site).await;
    assert_eq!((found.len(), sums(&found[0]), text(&found[0], "state")), (1, [5_000, 5_000, 0], "closed"));
    assert_eq!((text(&found[0], "gift_card_order_id"), &found[0]["closed_by"]), (order.as_str(), &Value::Null));
    let customer = site.cast.customer.signed_in_anew(&site).await;
    let seen = customer.get(&format!("/api/gift-cards/{card}")).await.json();
    assert_eq!((text(&seen, "state"), &seen["balance"]["amount_minor"]), ("frozen", &json!(0)));
    assert_eq!((missing(&site).await, balance(&site, "provider_clearing").await), ((0, 0), 0));
    let returned = customer.post(&format!("/api/gift-card-orders/{order}/return"), &json!({})).await;
    assert_eq!(text(&returned.json(), "state"), "charged_back", "its price is not paid back a second time");
    hours(&site, 2).await;
    assert_eq!((cases(&site).await.len(), facts(&site, "payment.charged_back").await), (1, 1));
}

#[tokio::test]
async fn what_was_spent_is_a_case_and_what_a_friend_has_claimed_comes_back() {
    let site = TestSite::new().await;
    let (customer, friend) = (&site.cast.customer, &site.cast.other_customer);
    let (_, card) = doubtful_card(customer, 10_000).await;
    let booking = book(customer, &site.cast.star, at(&site, 5, 10)).await;
    apply(customer, &booking, &card, Some(3_000), "apply").await;
    pay(customer, &booking, PAYS, "pay").await;
    assert_eq!(redeem(customer, &card, 1_000, "redeem").await.status, 201);
    assert_eq!(send_to(customer, &card, "friend@elsewhere.test", "send").await.status, 201);
    let claimed = claim(friend, &mailed_code(&site).await, "claim").await.json();
    hours(&site, 2).await;
    let case = cases(&site).await.remove(0);
    assert_eq!((sums(&case), text(&case, "state")), ([10_000, 7_000, 3_000], "open"));
    let cards: Vec<&str> =
        case["cards"].as_array().expect("cards").iter().map(|one| text(one, "gift_card_id")).collect();
    assert!(cards.contains(&card.as_str()) && cards.contains(&text(&claimed, "id")), "{case}");
    assert_eq!((missing(&site).await, balance(&site, "gift_card").await), ((3_000, 0), 0));
    let friend = friend.signed_in_anew(&site).await;
    let refused = redeem(&friend, text(&claimed, "id"), 1, "late").await;
    assert_eq!((refused.status, refused.code().as_str()), (409, "card_frozen"));
    assert_eq!(balance(&site, "customer_credit").await, 0, "what became credit and is unspent comes back too");
}

#[tokio::test]
async fn value_on_its_way_comes_back_and_its_code_opens_nothing() {
    let site = TestSite::new().await;
    let (_, card) = doubtful_card(&site.cast.customer, 5_000).await;
    send_to(&site.cast.customer, &card, "friend@elsewhere.test", "send").await;
    let code = mailed_code(&site).await;
    hours(&site, 2).await;
    assert_eq!(sums(&cases(&site).await[0]), [5_000, 5_000, 0]);
    let late = claim(&site.cast.other_customer.signed_in_anew(&site).await, &code, "late").await;
    assert_eq!((late.status, late.code().as_str()), (404, "code_opens_nothing"));
    let customer = site.cast.customer.signed_in_anew(&site).await;
    let taken = customer.post(&format!("/api/gift-cards/{card}/transfers/latest/return"), &json!({})).await;
    assert_eq!(taken.status, 409, "{}", taken.text());
    assert_eq!(missing(&site).await, (0, 0));
}

#[tokio::test]
async fn what_comes_back_to_a_stopped_card_is_found_an_hour_later() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    let (_, card) = doubtful_card(customer, 5_000).await;
    let booking = book(customer, &site.cast.star, at(&site, 5, 10)).await;
    apply(customer, &booking, &card, Some(4_000), "apply").await;
    pay(customer, &booking, PAYS, "pay").await;
    hours(&site, 2).await;
    assert_eq!(sums(&cases(&site).await[0]), [5_000, 1_000, 4_000]);
    let customer = customer.signed_in_anew(&site).await;
    cancel(&site, &customer, &booking).await;
    assert_eq!(left_on(&customer, &card).await, 4_000, "it waits on the stopped card");
    hours(&site, 1).await;
    let case = cases(&site).await.remove(0);
    assert_eq!((sums(&case), text(&case, "state")), ([5_000, 5_000, 0], "closed"));
    assert_eq!((missing(&site).await, balance(&site, "gift_card").await), ((0, 0), 0));
}

#[tokio::test]
async fn a_booking_is_a_case_of_the_whole_amount_and_goes_on() {
    let site = TestSite::new().await;
    let booking = doubtful_booking(&site, &site.cast.customer).await;
    hours(&site, 2).await;
    let case = cases(&site).await.remove(0);
    assert_eq!((sums(&case), text(&case, "booking_id")), ([26_250, 0, 26_250], text(&booking, "id")));
    assert_eq!((status(&site, &booking).await.0.as_str(), missing(&site).await), ("confirmed", (26_250, 0)));
    // Whoever has the money from their bank gets no credit for it.
    let customer = site.cast.customer.signed_in_anew(&site).await;
    let preview = customer.get(&format!("/api/bookings/{}/cancellation-preview", text(&booking, "id"))).await.json();
    assert!(preview["parts_as_credit"].is_null(), "{preview}");
    let support = site.cast.support.signed_in_anew(&site).await;
    let closed = close(&support, &case, "The evening took place", "close").await;
    assert_eq!(closed.status, 200, "{}", closed.text());
    assert_eq!(missing(&site).await, (0, 26_250));
    assert_eq!(text(&look(&customer, &booking).await, "status"), "confirmed");
    site.run_jobs().await;
}

#[tokio::test]
async fn what_a_bank_took_back_is_not_refunded_too() {
    let site = TestSite::new().await;
    let booking = doubtful_booking(&site, &site.cast.customer).await;
    hours(&site, 2).await;
    let customer = site.cast.customer.signed_in_anew(&site).await;
    let preview = cancel(&site, &customer, &booking).await;
    assert_eq!(shown(&preview["parts"]), [("card", "by_bank", 26_250)]);
    assert_eq!(text(&look(&customer, &booking).await, "payment_status"), "refunded");
    let case = cases(&site).await.remove(0);
    assert_eq!((sums(&case), text(&case, "state")), ([26_250, 26_250, 0], "closed"));
    assert_eq!((missing(&site).await, balance(&site, "provider_clearing").await), ((0, 0), 0));
    assert_eq!((balance(&site, "booking_escrow").await, paid_back(&site).await), (0, 0));
    let order = doubtful_card(&customer, 1_000).await.0;
    assert_eq!(pay_order(&customer, &order, PAYS, "again").await.code(), "already_paid");
    site.run_jobs().await;
}

#[tokio::test]
async fn of_several_means_the_bank_s_part_counts_first_and_the_others_come_back() {
    let site = TestSite::new().await;
    let (customer, star) = (&site.cast.customer, &site.cast.star);
    let own = own_card(customer, 10_000).await;
    let booking = book(customer, star, at(&site, 5, 10)).await;
    apply(customer, &booking, &own, Some(10_000), "apply").await;
    pay(customer, &booking, CHARGED_BACK, "pay").await;
    hours(&site, 2).await;
    let customer = customer.signed_in_anew(&site).await;
    let preview = cancel(&site, &customer, &booking).await;
    assert_eq!(shown(&preview["parts"]), [("card", "by_bank", 16_250), ("gift_card", "gift_card", 10_000)]);
    let credit = shown(&preview["parts_as_credit"]);
    assert_eq!(credit, [("card", "by_bank", 16_250), ("gift_card", "credit", 10_000)]);
    assert_eq!((left_on(&customer, &own).await, missing(&site).await), (10_000, (0, 0)));
    assert_eq!(status(&site, &booking).await, ("cancelled".to_owned(), "refunded".to_owned()));
}

#[tokio::test]
async fn a_refund_that_the_bank_was_quicker_than_makes_its_loss_good() {
    let site = TestSite::new().await;
    let booking = doubtful_booking(&site, &site.cast.customer).await;
    dispute_now(&site).await;
    cancel(&site, &site.cast.customer, &booking).await;
    assert_eq!(status(&site, &booking).await.1, "refunding", "the provider refuses");
    hours(&site, 1).await;
    assert_eq!(status(&site, &booking).await.1, "refunded");
    assert_eq!((sums(&cases(&site).await[0]), missing(&site).await), ([26_250, 26_250, 0], (0, 0)));
    let customer = site.cast.customer.signed_in_anew(&site).await;
    let payment = customer.get(&format!("/api/payments/{}", text(&cases(&site).await[0], "payment_id"))).await.json();
    let refunds = payment["refunds"].as_array().expect("refunds");
    let told: Vec<_> =
        refunds.iter().map(|one| (text(one, "state"), one["covers_chargeback"] == json!(true))).collect();
    assert_eq!(told, [("failed", false), ("succeeded", true)]);
    assert_eq!((paid_back(&site).await, payment["refunded"]["amount_minor"].as_i64()), (0, Some(26_250)));
    assert_eq!(facts(&site, "payment.refund_stopped").await, 1);
}

#[tokio::test]
async fn a_case_that_was_written_off_loses_less_when_its_booking_is_called_off() {
    let site = TestSite::new().await;
    let booking = doubtful_booking(&site, &site.cast.customer).await;
    hours(&site, 2).await;
    let support = site.cast.support.signed_in_anew(&site).await;
    close(&support, &cases(&site).await[0], "The evening will take place", "close").await;
    assert_eq!(missing(&site).await, (0, 26_250));
    cancel(&site, &site.cast.customer.signed_in_anew(&site).await, &booking).await;
    let case = cases(&site).await.remove(0);
    assert_eq!((sums(&case), text(&case, "note")), ([26_250, 26_250, 0], "The evening will take place"));
    assert_eq!((missing(&site).await, balance(&site, "booking_escrow").await), ((0, 0), 0));
}

#[tokio::test]
async fn a_refund_that_became_credit_comes_back_as_far_as_it_is_unspent() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    let booking = doubtful_booking(&site, customer).await;
    let path = format!("/api/bookings/{}/cancellation", text(&booking, "id"));
    let done = customer.post(&path, &json!({"expected_refund_minor": 26_250, "refund_to": "credit"})).await;
    assert_eq!(done.status, 200, "{}", done.text());
    site.run_jobs().await;
    let other = book(customer, &site.cast.star, at(&site, 6, 10)).await;
    tender(customer, &other, json!({"method": "credit", "amount_minor": 20_000}), "apply").await;
    pay(customer, &other, PAYS, "pay").await;
    give_credit(&site, customer, 1_000).await;
    hours(&site, 2).await;
    // Credit is not told apart: what is there counts as what came from it.
    assert_eq!((sums(&cases(&site).await[0]), balance(&site, "customer_credit").await), ([26_250, 7_250, 19_000], 0));
    assert_eq!(missing(&site).await, (19_000, 0));
    // Credit that is somebody's own stays; what comes back to it is taken, up to what came of the refund.
    cancel(&site, &customer.signed_in_anew(&site).await, &other).await;
    assert_eq!(balance(&site, "customer_credit").await, -20_000);
    hours(&site, 1).await;
    let case = cases(&site).await.remove(0);
    assert_eq!((sums(&case), text(&case, "state")), ([26_250, 26_250, 0], "closed"));
    assert_eq!((missing(&site).await, balance(&site, "customer_credit").await), ((0, 0), -1_000));
    let taken: i64 = sqlx::query_scalar("SELECT count(*) FROM ledger_transfers WHERE template = 'credit_charged_back'")
        .fetch_one(site.test_database().database.pool())
        .await
        .expect("counts");
    assert_eq!(taken, 2);
}

#[tokio::test]
async fn credit_that_a_refund_of_a_doubtful_card_became_comes_back_whoever_had_it_first() {
    let site = TestSite::new().await;
    let (customer, friend) = (&site.cast.customer, &site.cast.other_customer);
    let (_, card) = doubtful_card(customer, 10_000).await;
    redeem(customer, &card, 1_000, "mine").await;
    send_to(customer, &card, "friend@elsewhere.test", "send").await;
    let claimed = claim(friend, &mailed_code(&site).await, "claim").await.json();
    let booking = spend(&site, friend, text(&claimed, "id"), 6_000).await;
    redeem(friend, text(&claimed, "id"), 500, "theirs").await;
    let path = format!("/api/bookings/{}/cancellation", text(&booking, "id"));
    let done = friend.post(&path, &json!({"expected_refund_minor": 26_250, "refund_to": "credit"})).await;
    assert_eq!(done.status, 200, "{}", done.text());
    hours(&site, 2).await;
    let case = cases(&site).await.remove(0);
    assert_eq!((sums(&case), text(&case, "state")), ([10_000, 10_000, 0], "closed"));
    // What the friend's own bank card paid became credit too, and is theirs.
    assert_eq!((missing(&site).await, balance(&site, "customer_credit").await), ((0, 0), -20_250));
}

#[tokio::test]
async fn a_card_that_staff_let_go_on_is_not_stopped_again_and_one_that_is_over_brings_what_is_left() {
    let site = TestSite::new().await;
    let (customer, friend) = (&site.cast.customer, &site.cast.other_customer);
    let (_, card) = doubtful_card(customer, 5_000).await;
    let booking = spend(&site, customer, &card, 4_000).await;
    hours(&site, 2).await;
    let support = site.cast.support.signed_in_anew(&site).await;
    let going = support.post(&format!("/api/gift-cards/{card}/unfreeze"), &json!({"reason": "A mistake"})).await;
    assert_eq!(going.status, 200, "{}", going.text());
    let customer = customer.signed_in_anew(&site).await;
    cancel(&site, &customer, &booking).await;
    hours(&site, 2).await;
    let seen = customer.signed_in_anew(&site).await.get(&format!("/api/gift-cards/{card}")).await.json();
    assert_eq!((text(&seen, "state"), &seen["balance"]["amount_minor"]), ("active", &json!(4_000)));
    assert_eq!(sums(&cases(&site).await[0]), [5_000, 1_000, 4_000]);
    // The last day of another is over when its dispute is heard of, and that was not written down yet.
    let (_, over) = doubtful_card(&friend.signed_in_anew(&site).await, 3_000).await;
    sqlx::query(
        "UPDATE gift_cards SET last_day = $2::timestamptz::date, zone = 'UTC', ends_at = $2 WHERE id = $1::uuid",
    )
    .bind(&over)
    .bind(site.now() + TimeDelta::minutes(61))
    .execute(site.test_database().database.pool())
    .await
    .expect("ends");
    hours(&site, 2).await;
    let case = cases(&site).await.remove(0);
    assert_eq!((sums(&case), text(&case, "state")), ([3_000, 3_000, 0], "closed"));
    assert_eq!(balance(&site, "breakage").await, 0);
}

#[tokio::test]
async fn what_is_known_is_not_locked_every_hour() {
    let site = TestSite::new().await;
    let (order, _) = doubtful_card(&site.cast.customer, 5_000).await;
    hours(&site, 2).await;
    assert_eq!(text(&cases(&site).await[0], "state"), "closed");
    let mut holder = site.test_database().database.begin().await.expect("begins");
    sqlx::query("SELECT 1 FROM gift_card_orders WHERE id = $1::uuid FOR UPDATE")
        .bind(&order)
        .execute(&mut *holder)
        .await
        .expect("locks");
    let pid: i32 = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut *holder).await.expect("is one");
    let waits = async {
        let waiting = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE $1 = ANY(pg_blocking_pids(pid)))";
        let pool = site.test_database().database.pool();
        while !sqlx::query_scalar::<_, bool>(waiting).bind(pid).fetch_one(pool).await.expect("reads") {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    tokio::select! {
        () = hours(&site, 1) => {}
        () = waits => panic!("it waits for what somebody else has locked"),
    }
    holder.rollback().await.expect("lets go");
}

#[tokio::test]
async fn nothing_is_left_to_refund_beyond_the_policy_of_what_a_bank_took_back() {
    let site = TestSite::new().await;
    let booking = doubtful_booking(&site, &site.cast.customer).await;
    hours(&site, 2).await;
    site.clock.advance(at(&site, 5, 10) - site.now() - TimeDelta::hours(2));
    let customer = site.cast.customer.signed_in_anew(&site).await;
    cancel(&site, &customer, &booking).await;
    assert_eq!(status(&site, &booking).await, ("cancelled".to_owned(), "paid".to_owned()));
    let (support, _) = two_of_staff(&site).await;
    let refused = ask(&support, &booking, 1, "one").await;
    assert_eq!((refused.status, refused.code().as_str()), (409, "refund_too_large"));
    site.run_jobs().await;
}

#[tokio::test]
async fn beyond_the_policy_what_no_bank_took_back_can_be_given() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    let own = own_card(customer, 10_000).await;
    let booking = book(customer, &site.cast.star, at(&site, 5, 10)).await;
    apply(customer, &booking, &own, Some(10_000), "apply").await;
    pay(customer, &booking, CHARGED_BACK, "pay").await;
    hours(&site, 2).await;
    site.clock.advance(at(&site, 5, 10) - site.now() - TimeDelta::hours(2));
    let customer = customer.signed_in_anew(&site).await;
    cancel(&site, &customer, &booking).await;
    assert_eq!(left_on(&customer, &own).await, 0);
    let (support, admin) = two_of_staff(&site).await;
    let refused = ask(&support, &booking, 10_001, "more").await;
    assert_eq!((refused.status, refused.code().as_str()), (409, "refund_too_large"));
    let request = asked(&support, &booking, 10_000, "all").await;
    assert_eq!(decide(&admin, &request, "approval", "yes").await.status, 200);
    site.run_jobs().await;
    assert_eq!((left_on(&customer, &own).await, missing(&site).await), (10_000, (16_250, 0)));
    assert_eq!(paid_back(&site).await, 0);
}

/// What the provider has paid back.
async fn paid_back(site: &TestSite) -> i64 {
    sqlx::query_scalar("SELECT coalesce(sum(refunded_minor), 0)::bigint FROM sandbox_card_payments")
        .fetch_one(site.test_database().database.pool())
        .await
        .expect("adds up")
}
