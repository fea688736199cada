//! Several means on one booking: gift cards and credit set aside at once, a card authorised and captured last, everything taken together.

use chrono::TimeDelta;
use futures::future::join_all;
use serde_json::{Value, json};
use testkit::{CaptureFault, CardFault, TestCaller, TestSite};
use workflows::background::fire_schedules;

use crate::steps::gifts::{apply, card_of, card_with, give_credit, left_on, steps_of, tender};
use crate::steps::journey::{
    ASKS, CAPTURE_DECLINES, DECLINES, LAPSES, LOSES_THE_CAPTURE, LOSES_THE_REFUND, PAYS, TAKES_TIME, at, balance, book,
    booked, cancel, challenge, faults, look, pay, provider_keeps, status, text,
};
use workflows::payment::answer_challenge;

fn states(payment: &Value) -> Vec<(&str, &str, i64)> {
    let legs = payment["legs"].as_array().expect("legs").iter();
    let leg =
        |leg| (text(leg, "method"), text(leg, "state"), leg["amount"]["amount_minor"].as_i64().unwrap_or_default());
    legs.map(leg).collect()
}

/// Nothing is set aside any more, and every account agrees with what it stands for.
async fn nothing_is_held(site: &TestSite) {
    assert_eq!((balance(site, "gift_hold").await, balance(site, "credit_hold").await), (0, 0));
    assert_eq!(faults(site).await, Vec::<String>::new());
}

/// The customer's booking with a gift card of 50.00 applied to it.
async fn applied() -> (TestSite, Value, String) {
    let (site, booking) = booked().await;
    let card = card_of(&site, &site.cast.customer, "goodwill").await;
    let applied = apply(&site.cast.customer, &booking, &card, None, "apply").await;
    assert_eq!(applied.status, 200, "{}", applied.text());
    (site, booking, card)
}

#[tokio::test]
async fn two_gift_cards_credit_and_a_bank_card_pay_for_one_booking() {
    let (site, booking) = booked().await;
    let customer = &site.cast.customer;
    let (first, second) = (card_of(&site, customer, "goodwill").await, card_of(&site, customer, "promotional").await);
    give_credit(&site, customer, 3_000).await;
    apply(customer, &booking, &first, None, "one").await;
    apply(customer, &booking, &second, Some(2_000), "two").await;
    let again = apply(customer, &booking, &second, Some(2_000), "two").await;
    assert_eq!((again.status, again.header("idempotency-replayed")), (200, "true".to_owned()));
    let credit = tender(customer, &booking, json!({"method": "credit"}), "three").await;
    assert_eq!(credit.json()["remaining"]["amount_minor"], json!(16_250), "{}", credit.text());
    assert_eq!(text(&look(customer, &booking).await, "status"), "awaiting_payment");
    let paid = pay(customer, &booking, PAYS, "four").await.json();
    assert_eq!(
        states(&paid),
        [
            ("gift_card", "captured", 5_000),
            ("gift_card", "captured", 2_000),
            ("credit", "captured", 3_000),
            ("card", "captured", 16_250)
        ]
    );
    assert_eq!((text(&paid, "state"), text(&look(customer, &booking).await, "status")), ("settled", "confirmed"));
    assert_eq!((balance(&site, "booking_escrow").await, provider_keeps(&site).await), (-26_250, 16_250));
    let kinds: Vec<String> = steps_of(customer, &first).await.into_iter().map(|(kind, ..)| kind).collect();
    assert_eq!(kinds, ["issued", "claimed", "held", "spent"]);
    assert_eq!(left_on(customer, &second).await, 3_000);
    site.run_jobs().await;
    nothing_is_held(&site).await;
}

#[tokio::test]
async fn stored_value_alone_pays_when_the_payer_says_so() {
    let (site, booking) = booked().await;
    let customer = &site.cast.customer;
    let card = card_with(&site, customer, "goodwill", 30_000, "USD").await;
    let covered = apply(customer, &booking, &card, None, "one").await.json();
    assert_eq!((text(&covered, "state"), &covered["remaining"]["amount_minor"]), ("open", &json!(0)));
    let needless = pay(customer, &booking, PAYS, "two").await;
    assert_eq!((needless.status, needless.code().as_str()), (409, "covered"));
    let paid = tender(customer, &booking, json!({"method": "applied"}), "three").await;
    assert_eq!((paid.status, text(&paid.json(), "state")), (200, "settled"), "{}", paid.text());
    let replayed = tender(customer, &booking, json!({"method": "applied"}), "three").await;
    assert_eq!(replayed.header("idempotency-replayed"), "true");
    assert_eq!((text(&look(customer, &booking).await, "status"), left_on(customer, &card).await), ("confirmed", 3_750));
    site.run_jobs().await;
    nothing_is_held(&site).await;
}

#[tokio::test]
async fn a_declined_card_leaves_the_choice_and_a_failed_capture_frees_everything() {
    let (site, booking, card) = applied().await;
    let customer = &site.cast.customer;
    let declined = pay(customer, &booking, DECLINES, "one").await.json();
    assert_eq!(states(&declined), [("gift_card", "held", 5_000), ("card", "failed", 21_250)]);
    let failed = pay(customer, &booking, CAPTURE_DECLINES, "two").await.json();
    let tried = &states(&failed)[..3];
    assert_eq!(tried, [("gift_card", "void", 5_000), ("card", "failed", 21_250), ("card", "failed", 21_250)]);
    assert_eq!((text(&failed["legs"][2], "failure_code"), left_on(customer, &card).await), ("capture_declined", 5_000));
    assert_eq!((provider_keeps(&site).await, text(&look(customer, &booking).await, "status")), (0, "awaiting_payment"));
    nothing_is_held(&site).await;
    apply(customer, &booking, &card, None, "three").await;
    assert_eq!(text(&pay(customer, &booking, PAYS, "four").await.json(), "state"), "settled");
    site.run_jobs().await;
    nothing_is_held(&site).await;
}

#[tokio::test]
async fn a_lost_answer_to_a_capture_is_asked_for_until_it_is_known() {
    for fault in [None, Some(CaptureFault::LosesAnswer), Some(CaptureFault::IsLost)] {
        let (site, booking, _) = applied().await;
        let customer = &site.cast.customer;
        site.cards.will_capture(fault);
        let number = if fault.is_some() { PAYS } else { LOSES_THE_CAPTURE };
        let held = pay(customer, &booking, number, "one").await.json();
        site.run_jobs().await;
        assert_eq!(states(&held), states(&look(customer, &booking).await["payment"]), "nobody asks at once");
        assert_eq!(states(&held), [("gift_card", "held", 5_000), ("card", "held", 21_250)], "{fault:?}");
        site.clock.advance(TimeDelta::seconds(6));
        site.run_jobs().await;
        let payment = look(customer, &booking).await["payment"].clone();
        assert_eq!(states(&payment), [("gift_card", "captured", 5_000), ("card", "captured", 21_250)], "{fault:?}");
        assert_eq!((balance(&site, "booking_escrow").await, provider_keeps(&site).await), (-26_250, 21_250));
        nothing_is_held(&site).await;
    }
}

#[tokio::test]
async fn the_bank_s_question_and_a_slow_bank_come_before_the_capture() {
    let (site, booking, _) = applied().await;
    let customer = &site.cast.customer;
    let asked = pay(customer, &booking, ASKS, "one").await.json();
    answer_challenge(&site.site, challenge(&asked), true).await.expect("is answered");
    assert_eq!(text(&look(customer, &booking).await, "status"), "confirmed");
    site.run_jobs().await;
    let (site, booking, _) = applied().await;
    pay(&site.cast.customer, &booking, TAKES_TIME, "one").await;
    site.clock.advance(TimeDelta::seconds(6));
    site.run_jobs().await;
    assert_eq!(text(&look(&site.cast.customer, &booking).await, "status"), "confirmed");
    nothing_is_held(&site).await;
}

#[tokio::test]
async fn what_is_set_aside_is_free_again_when_the_time_to_pay_is_over() {
    for number in [None, Some(ASKS), Some(LAPSES)] {
        let (site, booking, card) = applied().await;
        let customer = &site.cast.customer;
        if let Some(number) = number {
            pay(customer, &booking, number, "one").await;
        }
        site.clock.advance(TimeDelta::minutes(16));
        site.run_jobs().await;
        assert_eq!(status(&site, &booking).await.0, "expired", "{number:?}");
        assert_eq!((balance(&site, "gift_card").await, provider_keeps(&site).await), (-5_000, 0), "{card} {number:?}");
        nothing_is_held(&site).await;
    }
}

#[tokio::test]
async fn what_is_set_aside_is_free_again_when_the_booking_is_called_off() {
    let (site, booking, card) = applied().await;
    cancel(&site, &site.cast.customer, &booking).await;
    assert_eq!(left_on(&site.cast.customer, &card).await, 5_000);
    nothing_is_held(&site).await;
}

#[tokio::test]
async fn each_part_goes_back_the_way_it_came_the_last_first() {
    let (site, booking, card) = applied().await;
    let customer = &site.cast.customer;
    give_credit(&site, customer, 3_000).await;
    tender(customer, &booking, json!({"method": "credit"}), "one").await;
    assert_eq!(text(&pay(customer, &booking, LOSES_THE_REFUND, "two").await.json(), "state"), "settled");
    let preview = cancel(&site, customer, &booking).await;
    site.clock.advance(TimeDelta::minutes(5));
    site.run_jobs().await;
    let parts: Vec<(&str, i64)> = preview["parts"]
        .as_array()
        .expect("parts")
        .iter()
        .map(|part| (text(part, "method"), part["amount"]["amount_minor"].as_i64().unwrap_or_default()))
        .collect();
    assert_eq!(parts, [("card", 18_250), ("credit", 3_000), ("gift_card", 5_000)]);
    assert_eq!((provider_keeps(&site).await, left_on(customer, &card).await), (0, 5_000));
    assert_eq!((balance(&site, "customer_credit").await, balance(&site, "booking_escrow").await), (-3_000, 0));
    assert_eq!(status(&site, &booking).await, ("cancelled".to_owned(), "refunded".to_owned()));
    let last = steps_of(customer, &card).await.pop();
    assert_eq!(last, Some(("refunded".to_owned(), 5_000, 5_000)));
    nothing_is_held(&site).await;
}

/// A paid booking in which the customer's card has a last day, and that day is over.
async fn paid_with_an_ended_card(kind: &str) -> (TestSite, Value, String) {
    let (site, booking) = booked().await;
    let customer = &site.cast.customer;
    let card = card_of(&site, customer, kind).await;
    apply(customer, &booking, &card, Some(4_000), "one").await;
    assert_eq!(text(&pay(customer, &booking, PAYS, "two").await.json(), "state"), "settled");
    let ended = "UPDATE gift_cards SET last_day = '2020-01-01', zone = 'UTC', ends_at = '2020-01-02' WHERE id = $1";
    let id: uuid::Uuid = card.parse().expect("an id");
    sqlx::query(ended).bind(id).execute(site.test_database().database.pool()).await.expect("updates");
    (site, booking, card)
}

#[tokio::test]
async fn the_money_of_a_card_that_has_ended_comes_back_on_a_new_one() {
    let (site, booking, card) = paid_with_an_ended_card("goodwill").await;
    let customer = &site.cast.customer;
    cancel(&site, customer, &booking).await;
    let cards = customer.get("/api/gift-cards").await.json();
    let new = cards["items"].as_array().unwrap().iter().find(|one| text(one, "id") != card).expect("a new card");
    assert_eq!((new["balance"]["amount_minor"].clone(), text(new, "state")), (json!(4_000), "active"));
    assert!(text(new, "last_day") > "2026", "it works for another year");
    nothing_is_held(&site).await;
}

#[tokio::test]
async fn promotional_value_that_has_ended_ends() {
    let (site, booking, _) = paid_with_an_ended_card("promotional").await;
    let costs = balance(&site, "promotion_costs").await;
    cancel(&site, &site.cast.customer, &booking).await;
    assert_eq!(balance(&site, "promotion_costs").await, costs - 4_000);
    assert_eq!((balance(&site, "booking_escrow").await, provider_keeps(&site).await), (0, 0));
    nothing_is_held(&site).await;
}

async fn refusal(caller: &TestCaller, booking: &Value, card: &str, amount: Option<i64>, key: &str) -> (u16, String) {
    let refused = apply(caller, booking, card, amount, key).await;
    (refused.status, refused.code())
}

#[tokio::test]
async fn what_cannot_pay_is_refused_with_its_reason_before_anything_is_held() {
    let (site, booking) = booked().await;
    let cast = &site.cast;
    let (mine, theirs) =
        (card_of(&site, &cast.customer, "goodwill").await, card_of(&site, &cast.other_customer, "goodwill").await);
    let euros = card_with(&site, &cast.customer, "goodwill", 5_000, "EUR").await;
    let large = card_with(&site, &cast.customer, "goodwill", 26_240, "USD").await;
    for (card, amount, expected) in [
        (&theirs, None, (404, "not_found")),
        (&euros, None, (409, "other_currency")),
        (&mine, Some(5_001), (409, "not_enough")),
        (&mine, Some(0), (422, "invalid_amount")),
        (&large, Some(26_251), (409, "share_too_large")),
        (&large, Some(26_240), (409, "leaves_too_little")),
    ] {
        let refused = refusal(&cast.customer, &booking, card, amount, "one").await;
        assert_eq!(refused, (expected.0, expected.1.to_owned()), "{card} {amount:?}");
    }
    let credit = tender(&cast.customer, &booking, json!({"method": "credit", "amount_minor": 1}), "two").await;
    assert_eq!((credit.status, credit.code().as_str()), (409, "not_enough"));
    nothing_is_held(&site).await;
    // Without an amount, as much is set aside as leaves enough for a card.
    let resolved = apply(&cast.customer, &booking, &large, None, "three").await.json();
    assert_eq!(resolved["remaining"]["amount_minor"], json!(50));
    assert_eq!(text(&pay(&cast.customer, &booking, PAYS, "four").await.json(), "state"), "settled", "and it is enough");
    site.jobs_may_be_left();
}

#[tokio::test]
async fn nothing_is_set_aside_beside_a_charge_that_pays_or_has_paid() {
    for (fault, number, code) in
        [(None, TAKES_TIME, "already_paying"), (Some(CardFault::LosesAnswer), PAYS, "already_paid")]
    {
        let (site, booking) = booked().await;
        let customer = &site.cast.customer;
        let card = card_of(&site, customer, "goodwill").await;
        site.cards.will(fault);
        pay(customer, &booking, number, "one").await;
        assert_eq!(refusal(customer, &booking, &card, None, "two").await, (409, code.to_owned()));
        site.clock.advance(TimeDelta::seconds(6));
        site.run_jobs().await;
        assert_eq!((provider_keeps(&site).await, left_on(customer, &card).await), (26_250, 5_000));
        nothing_is_held(&site).await;
    }
}

#[tokio::test]
async fn an_authorisation_that_comes_too_late_is_given_back() {
    let (site, booking, card) = applied().await;
    let customer = &site.cast.customer;
    site.cards.will([CardFault::DelaysCharge]);
    pay(customer, &booking, PAYS, "one").await;
    site.clock.advance(TimeDelta::seconds(40));
    site.run_jobs().await;
    assert_eq!(text(&look(customer, &booking).await["payment"]["legs"][1], "failure_code"), "no_answer");
    site.cards.deliver_late().await;
    site.clock.advance(TimeDelta::minutes(5));
    site.run_jobs().await;
    let states: Vec<String> = sqlx::query_scalar("SELECT state FROM sandbox_card_payments")
        .fetch_all(site.test_database().database.pool())
        .await
        .expect("reads");
    assert_eq!(states, ["cancelled"]);
    assert_eq!(
        (text(&look(customer, &booking).await, "status"), left_on(customer, &card).await),
        ("awaiting_payment", 0)
    );
    site.jobs_may_be_left();
}

#[tokio::test]
async fn an_authorisation_of_what_was_called_off_is_given_back_as_soon_as_it_is_known() {
    let (site, booking, _) = applied().await;
    let customer = &site.cast.customer;
    let slow = pay(customer, &booking, TAKES_TIME, "one").await.json();
    let path = format!("/api/bookings/{}/cancellation", text(&booking, "id"));
    assert_eq!(customer.post(&path, &json!({"expected_refund_minor": 0})).await.status, 200);
    site.clock.advance(TimeDelta::seconds(6));
    let seen = customer.post(&format!("/api/payments/{}/refresh", text(&slow, "id")), &Value::Null).await.json();
    assert_eq!(states(&seen), [("gift_card", "void", 5_000), ("card", "void", 21_250)]);
    site.run_jobs().await;
    nothing_is_held(&site).await;
}

#[tokio::test]
async fn who_tries_again_while_everything_is_freed_is_told_before_anything_is_charged() {
    let (site, booking, card) = applied().await;
    let customer = &site.cast.customer;
    site.cards.will_capture([CaptureFault::IsLost]);
    pay(customer, &booking, CAPTURE_DECLINES, "one").await;
    let told = pay(customer, &booking, PAYS, "two").await.json();
    assert_eq!(states(&told), [("gift_card", "void", 5_000), ("card", "failed", 21_250)]);
    assert_eq!((told["remaining"]["amount_minor"].clone(), left_on(customer, &card).await), (json!(26_250), 5_000));
    assert_eq!(provider_keeps(&site).await, 0);
    site.jobs_may_be_left();
}

#[tokio::test]
async fn what_another_release_left_set_aside_is_released_within_the_hour() {
    let (site, _, card) = applied().await;
    let customer = &site.cast.customer;
    // The previous release closes a payment with its deadline, and moves nothing.
    for closes in ["UPDATE payment_intents SET state = 'expired'", "UPDATE booking_deadlines SET closed_at = due_at"] {
        sqlx::query(closes).execute(site.test_database().database.pool()).await.expect("updates");
    }
    fire_schedules(&site.site).await.expect("fires");
    site.clock.advance(TimeDelta::minutes(10));
    site.run_jobs().await;
    site.clock.advance(TimeDelta::minutes(50));
    fire_schedules(&site.site).await.expect("fires");
    site.run_jobs().await;
    assert_eq!(
        (balance(&site, "gift_card").await, balance(&site, "gift_hold").await),
        (-5_000, 0),
        "{card} {}",
        customer.name
    );
    site.jobs_may_be_left();
}

#[tokio::test]
async fn a_card_that_is_partly_set_aside_stays_where_it_is() {
    let (site, booking) = booked().await;
    let customer = &site.cast.customer;
    let card = card_of(&site, customer, "goodwill").await;
    apply(customer, &booking, &card, Some(1_000), "one").await;
    let path = format!("/api/gift-cards/{card}/transfers");
    let body = json!({"email": "friend@elsewhere.test"});
    let refused = customer.call("POST", &path, Some(&body), &[("idempotency-key", "two")]).await;
    assert_eq!((refused.status, refused.code().as_str()), (409, "card_partly_held"));
    site.jobs_may_be_left();
}

#[tokio::test]
async fn two_checkouts_share_one_card_and_never_spend_it_twice() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    let card = card_of(&site, customer, "goodwill").await;
    let bookings = [
        book(customer, &site.cast.star, at(&site, 5, 10)).await,
        book(customer, &site.cast.star, at(&site, 6, 10)).await,
    ];
    let keys: Vec<String> = (0..10).map(|number| number.to_string()).collect();
    let tries =
        keys.iter().enumerate().map(|(number, key)| apply(customer, &bookings[number % 2], &card, Some(3_000), key));
    let answers = join_all(tries).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    assert!(answers.iter().all(|answer| answer.status == 200 || answer.status == 409), "nothing breaks");
    assert_eq!((left_on(customer, &card).await, balance(&site, "gift_hold").await), (2_000, -3_000));
    site.clock.advance(TimeDelta::minutes(16));
    site.run_jobs().await;
    nothing_is_held(&site).await;
}
