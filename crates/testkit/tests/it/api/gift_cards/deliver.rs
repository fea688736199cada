//! Mailing a bought card again, because its mail was lost.

use serde_json::json;
use testkit::{TestCaller, TestResponse, TestSite};

use crate::steps::gifts::{claim, order_id, pay_order, steps_of};
use crate::steps::journey::{PAYS, faults, text};

async fn deliver(caller: &TestCaller, order: &str, email: &str, key: &str) -> TestResponse {
    let path = format!("/api/gift-card-orders/{order}/deliveries");
    caller.call("POST", &path, Some(&json!({"email": email})), &[("idempotency-key", key)]).await
}

/// The code in the latest mail to somebody.
async fn code_for(site: &TestSite, email: &str) -> String {
    let body: String = sqlx::query_scalar(
        "SELECT body_text FROM mails WHERE to_address = $1 ORDER BY created_at DESC, id DESC LIMIT 1",
    )
    .bind(email)
    .fetch_one(site.test_database().database.pool())
    .await
    .expect("a mail");
    let (_, rest) = body.split_once("/claim?code=").expect("a link");
    rest.split_whitespace().next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_new_code_goes_where_the_buyer_says_and_the_old_one_is_dead() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let id = order_id(&cast.customer).await;
    pay_order(&cast.customer, &id, PAYS, "pay").await;
    let early = deliver(&cast.customer, &id, "ada@elsewhere.test", "early").await;
    assert_eq!((early.status, early.code().as_str()), (409, "card_not_offered"), "the first mail is not written yet");
    site.run_jobs().await;
    let lost = code_for(&site, "friend@elsewhere.test").await;
    let sent = deliver(&cast.customer, &id, " Ada@elsewhere.test", "again").await;
    assert_eq!((sent.status, text(&sent.json(), "recipient_email")), (200, "Ada@elsewhere.test"), "{}", sent.text());
    assert_eq!(
        deliver(&cast.customer, &id, " Ada@elsewhere.test", "again").await.header("idempotency-replayed"),
        "true"
    );
    let code = code_for(&site, "Ada@elsewhere.test").await;
    assert_eq!(claim(&cast.other_customer, &lost, "lost").await.code(), "code_opens_nothing");
    let claimed = claim(&cast.other_customer, &code, "found").await;
    assert_eq!(claimed.status, 201, "{}", claimed.text());
    let card = text(&claimed.json(), "id").to_owned();
    let kinds: Vec<String> = steps_of(&cast.other_customer, &card).await.into_iter().map(|(kind, ..)| kind).collect();
    assert_eq!(kinds, ["issued", "delivered", "delivered", "claimed"]);
    let late = deliver(&cast.customer, &id, "ada@elsewhere.test", "late").await;
    assert_eq!((late.status, late.code().as_str()), (409, "card_not_offered"));
    assert_eq!(faults(&site).await, Vec::<String>::new());
    site.jobs_may_be_left();
}

#[tokio::test]
async fn only_the_buyer_mails_it_again_and_ten_times_a_day_at_most() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let id = order_id(&cast.customer).await;
    pay_order(&cast.customer, &id, PAYS, "pay").await;
    site.run_jobs().await;
    for caller in [&cast.other_customer, &cast.support] {
        assert_eq!(deliver(caller, &id, "mine@elsewhere.test", "one").await.status, 404);
    }
    let nowhere = deliver(&cast.customer, &id, "nowhere", "two").await;
    assert_eq!((nowhere.status, nowhere.problem()["errors"][0]["field"].as_str()), (422, Some("email")));
    let mut sent = 0;
    let spent = loop {
        let answer = deliver(&cast.customer, &id, "ada@elsewhere.test", &format!("key-{sent}")).await;
        if answer.status != 200 {
            break answer;
        }
        sent += 1;
    };
    assert_eq!((sent, spent.status, spent.code().as_str()), (9, 429, "too_many_transfers"), "the order was one of ten");
    site.jobs_may_be_left();
}
