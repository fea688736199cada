//! Buying a card: ordered, paid by bank card, delivered, claimed, returned.

use chrono::{Months, TimeDelta};
use serde_json::{Value, json};
use testkit::{CardFault, TestCaller, TestSite};

use crate::steps::chargebacks::hours;
use crate::steps::gifts::{bought_card, claim, left_on, order, order_body, order_id, pay_order, redeem, steps_of};
use crate::steps::journey::{DECLINES, PAYS, TAKES_TIME, balance, faults, provider_keeps, text};

async fn shown(caller: &TestCaller, order: &str) -> Value {
    caller.get(&format!("/api/gift-card-orders/{order}")).await.json()
}

async fn give_back(caller: &TestCaller, order: &str, key: &str) -> (u16, String) {
    let path = format!("/api/gift-card-orders/{order}/return");
    let returned = caller.call("POST", &path, Some(&json!({})), &[("idempotency-key", key)]).await;
    (returned.status, if returned.status == 200 { String::new() } else { returned.code() })
}

/// The code in the one mail to the friend.
async fn mailed_code(site: &TestSite) -> Option<String> {
    let body: Option<String> =
        sqlx::query_scalar("SELECT body_text FROM mails WHERE to_address = 'friend@elsewhere.test'")
            .fetch_optional(site.test_database().database.pool())
            .await
            .expect("reads");
    let body = body?;
    let code = body.split_once("/claim?code=").map(|(_, rest)| rest.split_whitespace().next().unwrap_or_default());
    code.map(str::to_owned)
}

#[tokio::test]
async fn orders_that_nobody_pays_count_for_nothing() {
    let site = TestSite::new().await;
    for turn in 0..3 {
        let customer = site.cast.customer.signed_in_anew(&site).await;
        for number in 0..5 {
            let ordered = order(&customer, &order_body(1_000), &format!("{turn}-{number}")).await;
            assert_eq!(ordered.status, 201, "{}", ordered.text());
        }
        site.clock.advance(TimeDelta::minutes(32));
    }
    let customer = &site.cast.customer.signed_in_anew(&site).await;
    for number in 0..10 {
        let id = text(&order(customer, &order_body(1_000), &format!("paid-{number}")).await.json(), "id").to_owned();
        assert_eq!(pay_order(customer, &id, PAYS, &format!("pay-{number}")).await.status, 200, "{number}");
    }
    let refused = order(customer, &order_body(1_000), "more").await;
    assert_eq!((refused.status, refused.code().as_str()), (429, "too_many_transfers"));
    site.jobs_may_be_left();
}

#[tokio::test]
async fn a_card_for_a_friend_is_paid_mailed_and_claimed() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let id = order_id(&cast.customer).await;
    assert_eq!(text(&shown(&cast.customer, &id).await, "state"), "awaiting_payment");
    let declined = pay_order(&cast.customer, &id, DECLINES, "one").await.json();
    assert_eq!((text(&declined, "state"), text(&declined, "gift_card_order_id")), ("open", id.as_str()));
    assert!(declined["booking_id"].is_null());
    let paid = pay_order(&cast.customer, &id, PAYS, "two").await;
    assert_eq!((paid.status, text(&paid.json(), "state")), (200, "settled"), "{}", paid.text());
    assert_eq!(pay_order(&cast.customer, &id, PAYS, "two").await.header("idempotency-replayed"), "true");
    assert_eq!(pay_order(&cast.customer, &id, PAYS, "three").await.code(), "already_paid");
    let order = shown(&cast.customer, &id).await;
    let card = text(&order, "gift_card_id").to_owned();
    assert_eq!((text(&order, "state"), provider_keeps(&site).await), ("paid", 5_000));
    site.run_jobs().await;
    let code = mailed_code(&site).await.expect("the friend has a mail");
    let claimed = claim(&cast.other_customer, &code, "claim").await;
    assert_eq!((claimed.status, text(&claimed.json(), "kind")), (201, "platform"), "{}", claimed.text());
    assert_eq!(left_on(&cast.other_customer, &card).await, 5_000);
    let kinds: Vec<String> = steps_of(&cast.other_customer, &card).await.into_iter().map(|(kind, ..)| kind).collect();
    assert_eq!(kinds, ["issued", "delivered", "claimed"]);
    assert_eq!((balance(&site, "gift_card").await, balance(&site, "order_escrow").await), (-5_000, 0));
    assert_eq!(give_back(&cast.customer, &id, "return").await, (409, "not_returnable".to_owned()));
    assert_eq!(faults(&site).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_card_comes_at_the_hour_that_was_chosen_and_nobody_has_its_code_before() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    let mut body = order_body(5_000);
    body["recipient"]["deliver_at"] = json!(site.now() + TimeDelta::hours(2));
    let id = text(&order(customer, &body, "order").await.json(), "id").to_owned();
    pay_order(customer, &id, PAYS, "pay").await;
    site.run_jobs().await;
    assert_eq!(mailed_code(&site).await, None);
    let card = text(&shown(customer, &id).await, "gift_card_id").to_owned();
    assert_eq!(text(&customer.get(&format!("/api/gift-cards/{card}")).await.json(), "state"), "scheduled");
    site.clock.advance(TimeDelta::hours(2) + TimeDelta::seconds(1));
    site.run_jobs().await;
    assert!(mailed_code(&site).await.is_some());
}

#[tokio::test]
async fn a_card_that_is_due_and_has_no_job_is_mailed_within_the_hour() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    let mut body = order_body(5_000);
    body["recipient"]["deliver_at"] = json!(site.now() + TimeDelta::hours(2));
    let id = text(&order(customer, &body, "order").await.json(), "id").to_owned();
    pay_order(customer, &id, PAYS, "pay").await;
    let lost = "DELETE FROM jobs WHERE kind = 'deliver_gift_card'";
    sqlx::query(lost).execute(site.test_database().database.pool()).await.expect("deletes");
    hours(&site, 1).await;
    assert_eq!(mailed_code(&site).await, None, "its moment has not come");
    hours(&site, 2).await;
    assert!(mailed_code(&site).await.is_some());
    let sent = "SELECT count(*) FROM mails WHERE template = 'gift_card_bought'";
    hours(&site, 1).await;
    let sent: i64 = sqlx::query_scalar(sent).fetch_one(site.test_database().database.pool()).await.expect("counts");
    assert_eq!(sent, 1, "once");
}

#[tokio::test]
async fn a_card_for_oneself_is_there_at_once_and_goes_back_unused() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    let body = json!({"value_minor": 5_000, "currency": "USD", "design": "playbill"});
    let id = text(&order(customer, &body, "order").await.json(), "id").to_owned();
    pay_order(customer, &id, PAYS, "pay").await;
    let card = text(&shown(customer, &id).await, "gift_card_id").to_owned();
    assert_eq!(left_on(customer, &card).await, 5_000);
    assert_eq!(give_back(customer, &id, "return").await, (200, String::new()));
    assert_eq!(give_back(customer, &id, "again").await, (200, String::new()), "it is returned, and stays so");
    assert_eq!(left_on(customer, &card).await, 0);
    let spent = redeem(customer, &card, 1, "late").await;
    assert_eq!((spent.status, spent.code().as_str()), (409, "card_void"));
    site.run_jobs().await;
    assert_eq!((provider_keeps(&site).await, balance(&site, "order_escrow").await), (0, 0));
    assert_eq!(text(&shown(customer, &id).await, "state"), "returned");
    assert_eq!(faults(&site).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_card_that_staff_stopped_is_not_returned_and_is_delivered_when_it_goes_on() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let id = order_id(&cast.customer).await;
    pay_order(&cast.customer, &id, PAYS, "pay").await;
    let card = text(&shown(&cast.customer, &id).await, "gift_card_id").to_owned();
    let stop = json!({"reason": "The bank asks"});
    let stopped = cast.admin.post(&format!("/api/gift-cards/{card}/freeze"), &stop).await;
    assert_eq!(stopped.status, 200, "{}", stopped.text());
    site.run_jobs().await;
    assert_eq!(mailed_code(&site).await, None);
    assert_eq!(give_back(&cast.customer, &id, "return").await, (409, "card_frozen".to_owned()));
    cast.admin.post(&format!("/api/gift-cards/{card}/unfreeze"), &stop).await;
    site.run_jobs().await;
    let code = mailed_code(&site).await.expect("the friend has a mail");
    assert_eq!(claim(&cast.other_customer, &code, "claim").await.status, 201);
    let buyer = cast.customer.get(&format!("/api/gift-cards/{card}/history")).await;
    assert_eq!(buyer.status, 404, "what the friend does with it is the friend's");
}

#[tokio::test]
async fn a_lost_answer_and_a_slow_bank_bring_one_card() {
    for fault in [Some(CardFault::LosesAnswer), None] {
        let site = TestSite::new().await;
        let customer = &site.cast.customer;
        let id = order_id(customer).await;
        site.cards.will(fault);
        pay_order(customer, &id, if fault.is_some() { PAYS } else { TAKES_TIME }, "pay").await;
        assert_eq!(text(&shown(customer, &id).await, "state"), "awaiting_payment");
        site.clock.advance(TimeDelta::seconds(6));
        site.run_jobs().await;
        assert_eq!(text(&shown(customer, &id).await, "state"), "paid");
        assert_eq!((balance(&site, "gift_card").await, provider_keeps(&site).await), (-5_000, 5_000));
        assert_eq!(faults(&site).await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn what_is_paid_after_the_last_moment_to_settle_brings_no_card_and_goes_back() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    let id = order_id(customer).await;
    pay_order(customer, &id, TAKES_TIME, "pay").await;
    let ends = "UPDATE payment_intents SET pay_by = created_at, settle_by = created_at + interval '1 second'";
    sqlx::query(ends).execute(site.test_database().database.pool()).await.expect("updates");
    site.clock.advance(TimeDelta::seconds(6));
    site.run_jobs().await;
    assert_eq!(text(&shown(customer, &id).await, "state"), "awaiting_payment");
    assert_eq!((balance(&site, "gift_card").await, provider_keeps(&site).await), (0, 0));
    assert_eq!(faults(&site).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_try_that_was_begun_in_time_is_not_sent_again_when_the_time_is_over() {
    let site = TestSite::new().await;
    let (customer, pool) = (&site.cast.customer, site.test_database().database.pool());
    let id = order_id(customer).await;
    site.cards.will([CardFault::Hangs]);
    tokio::select! {
        answer = pay_order(customer, &id, PAYS, "pay") => panic!("was answered: {}", answer.text()),
        () = site.cards.hangs() => {}
    }
    // It was not sent after all.
    for statement in ["DELETE FROM sandbox_card_payments", "UPDATE gift_card_orders SET pay_by = created_at"] {
        sqlx::query(statement).execute(pool).await.expect("is done");
    }
    // Whether it was is not known yet: the job that asks the provider finds out.
    let retried = pay_order(customer, &id, PAYS, "pay").await;
    assert_eq!((retried.status, text(&retried.json(), "state")), (200, "open"), "{}", retried.text());
    assert_eq!(provider_keeps(&site).await, 0);
    site.jobs_may_be_left();
}

#[tokio::test]
async fn an_order_that_nobody_pays_lapses() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    let id = order_id(customer).await;
    pay_order(customer, &id, DECLINES, "declined").await;
    let ends = "UPDATE gift_card_orders SET pay_by = created_at";
    sqlx::query(ends).execute(site.test_database().database.pool()).await.expect("updates");
    let late = pay_order(customer, &id, PAYS, "pay").await;
    assert_eq!((late.status, late.code().as_str()), (409, "hold_lapsed"));
    assert_eq!(give_back(customer, &id, "return").await, (409, "not_returnable".to_owned()));
    workflows::background::fire_schedules(&site.site).await.expect("fires");
    site.clock.advance(TimeDelta::hours(1));
    workflows::background::fire_schedules(&site.site).await.expect("fires");
    site.run_jobs().await;
    let states: (String, String) =
        sqlx::query_as("SELECT gift_card_orders.state, payment_intents.state FROM gift_card_orders, payment_intents")
            .fetch_one(site.test_database().database.pool())
            .await
            .expect("reads");
    assert_eq!(states, ("lapsed".to_owned(), "expired".to_owned()), "nothing waits for its payment either");
}

#[tokio::test]
async fn an_order_that_does_not_fit_is_refused_field_by_field() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    let refused = |change: fn(&mut Value)| async move {
        let mut body = order_body(5_000);
        change(&mut body);
        let answer = order(customer, &body, "order").await;
        let fields = answer.problem()["errors"].clone();
        let first = fields[0]["field"].as_str().unwrap_or_default().to_owned();
        (answer.status, first)
    };
    for (fault, change) in [
        ("value_minor", (|body| body["value_minor"] = json!(999)) as fn(&mut Value)),
        ("value_minor", |body| body["value_minor"] = json!(200_001)),
        ("recipient_email", |body| body["recipient"]["email"] = json!("nobody")),
        ("recipient_name", |body| body["recipient"]["name"] = json!("  ")),
        ("message", |body| body["recipient"]["message"] = json!("a".repeat(501))),
        ("message", |body| body["recipient"]["message"] = json!("See https://evil.test")),
        ("from", |body| body["recipient"]["from"] = json!("www.evil.test")),
        ("deliver_at", |body| body["recipient"]["deliver_at"] = json!("2020-01-01T00:00:00Z")),
        ("time_zone", |body| body["time_zone"] = json!("Middle/Earth")),
    ] {
        assert_eq!(refused(change).await, (422, fault.to_owned()), "{fault}");
    }
    let stopped = "DELETE FROM gift_card_rules WHERE currency = 'SEK'";
    sqlx::query(stopped).execute(site.test_database().database.pool()).await.expect("deletes");
    let mut crowns = order_body(50_000);
    crowns["currency"] = json!("SEK");
    let unsold = order(customer, &crowns, "crowns").await;
    assert_eq!((unsold.status, unsold.code().as_str()), (409, "not_sold"));
    for number in 0..5 {
        assert_eq!(order(customer, &order_body(5_000), &format!("fine {number}").replace(' ', "-")).await.status, 201);
    }
    let sixth = order(customer, &order_body(5_000), "sixth").await;
    assert_eq!((sixth.status, sixth.code().as_str()), (409, "too_many_unpaid"));
}

#[tokio::test]
async fn one_s_orders_are_listed_newest_first_and_nobody_else_sees_them() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let first = order_id(&cast.customer).await;
    let second = text(&order(&cast.customer, &order_body(7_000), "second").await.json(), "id").to_owned();
    let listed = cast.customer.get("/api/gift-card-orders").await.json();
    let ids: Vec<&str> = listed["items"].as_array().unwrap().iter().map(|order| text(order, "id")).collect();
    assert_eq!((ids.contains(&first.as_str()), ids.contains(&second.as_str()), ids.len()), (true, true, 2));
    let theirs = cast.other_customer.get("/api/gift-card-orders").await.json();
    assert_eq!(theirs["items"], json!([]));
    assert_eq!(cast.other_customer.get(&format!("/api/gift-card-orders/{first}")).await.status, 404);
    assert_eq!(cast.admin.get(&format!("/api/gift-card-orders/{first}")).await.status, 200);
}

#[tokio::test]
async fn the_same_key_is_one_order() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    let (one, again) =
        (order(customer, &order_body(5_000), "key").await, order(customer, &order_body(5_000), "key").await);
    assert_eq!(
        (text(&one.json(), "id"), again.header("idempotency-replayed")),
        (text(&again.json(), "id"), "true".to_owned())
    );
    let other = order(customer, &order_body(6_000), "key").await;
    assert_eq!((other.status, other.code().as_str()), (422, "idempotency_key_reused"));
}

/// The state of a card, and what is left on it.
async fn state_of(caller: &TestCaller, card: &str) -> (String, i64) {
    let shown = caller.get(&format!("/api/gift-cards/{card}")).await.json();
    (text(&shown, "state").to_owned(), shown["balance"]["amount_minor"].as_i64().expect("an amount"))
}

#[tokio::test]
async fn a_bought_card_ends_where_and_when_the_rule_of_its_region_and_day_says_or_never() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    let mut cards = Vec::new();
    for (currency, value_minor, months) in [
        ("EUR", 5_000, Some(36)),
        ("SEK", 50_000, Some(36)),
        ("GBP", 5_000, Some(60)),
        ("USD", 5_000, None),
        ("CAD", 5_000, None),
    ] {
        let card = bought_card(customer, value_minor, currency).await;
        let shown = customer.get(&format!("/api/gift-cards/{card}")).await.json();
        // Noon is the same day in all their zones.
        let ends = |months| site.now().date_naive().checked_add_months(Months::new(months)).expect("a day").to_string();
        assert_eq!(shown["last_day"].as_str(), months.map(ends).as_deref(), "{currency}: {shown}");
        cards.push(card);
    }
    let [euros, crowns, pounds, dollars, canadian] = &cards[..] else { panic!("five cards") };
    // A rule that comes later counts from its day on, and leaves alone what was bought before.
    let never =
        "INSERT INTO gift_card_rules (currency, valid_from, least_minor, most_minor) VALUES ('EUR', $1, 1000, 200000)";
    let valid_from = site.now() + TimeDelta::days(1);
    sqlx::query(never).bind(valid_from).execute(site.test_database().database.pool()).await.expect("inserts");
    site.clock.advance(TimeDelta::days(2));
    let customer = customer.signed_in_anew(&site).await;
    let endless = bought_card(&customer, 5_000, "EUR").await;
    assert_eq!(customer.get(&format!("/api/gift-cards/{endless}")).await.json()["last_day"], Value::Null);

    let at_the_end = async |days: i64| {
        site.clock.advance(TimeDelta::days(days));
        workflows::background::fire_schedules(&site.site).await.expect("fires");
        site.run_jobs().await;
        customer.signed_in_anew(&site).await
    };
    let customer = at_the_end(1_096).await;
    assert_eq!(state_of(&customer, euros).await, ("expired".to_owned(), 0));
    assert_eq!(state_of(&customer, crowns).await, ("expired".to_owned(), 0));
    for (card, minor) in [(pounds, 5_000), (dollars, 5_000), (canadian, 5_000), (&endless, 5_000)] {
        assert_eq!(state_of(&customer, card).await, ("active".to_owned(), minor));
    }
    assert_eq!(balance(&site, "breakage").await, -55_000, "what was bought and never spent");
    let customer = at_the_end(800).await;
    assert_eq!(state_of(&customer, pounds).await, ("expired".to_owned(), 0));
    for (number, card) in [dollars, canadian, &endless].into_iter().enumerate() {
        let spent = redeem(&customer, card, 5_000, &format!("after-years-{number}")).await;
        assert_eq!(spent.status, 201, "{}", spent.text());
    }
    assert_eq!((balance(&site, "breakage").await, faults(&site).await), (-60_000, Vec::new()));
}
