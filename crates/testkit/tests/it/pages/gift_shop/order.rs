//! The page of a gift card that is being bought.

use testkit::{TestBrowser, TestSite};

use crate::steps::chargebacks::{doubtful_card, hours};
use crate::steps::gifts::form_for_a_friend;
use crate::steps::journey::{ASKS, DECLINES, PAYS, faults, provider_keeps};
use crate::steps::objects::NOBODY_S;

/// The page of an order that waits for its payment.
async fn ordered(browser: &TestBrowser) -> String {
    let placed = browser.submit("/gift-cards", "/gift-cards", &form_for_a_friend()).await;
    assert_eq!(placed.status, 303, "{}", placed.page());
    placed.header("location")
}

#[tokio::test]
async fn a_declined_card_leads_back_and_another_one_pays() {
    let site = TestSite::new().await;
    let browser = site.cast.customer.browser();
    let order = ordered(&browser).await;
    let faulty = browser.submit(&order, &order, &[("number", "4000")]).await;
    assert!(faulty.status == 422 && faulty.page().contains("id=\"number-fault\""), "{}", faulty.page());
    browser.submit(&order, &order, &[("number", DECLINES)]).await;
    assert!(browser.get(&order).await.page().contains("Your bank declined the card."));
    browser.submit(&order, &order, &[("number", PAYS)]).await;
    let page = browser.get(&order).await.page();
    assert!(page.contains("The gift card is paid.") && page.contains("Ada gets it on Wed 16 December"), "{page}");
    assert_eq!(provider_keeps(&site).await, 5_000);
    site.jobs_may_be_left();
}

#[tokio::test]
async fn the_bank_s_question_leads_there_and_back() {
    let site = TestSite::new().await;
    let browser = site.cast.customer.browser();
    let order = ordered(&browser).await;
    let bank = browser.submit(&order, &order, &[("number", ASKS)]).await.header("location");
    assert!(bank.starts_with("/sandbox/cards/"), "{bank}");
    assert!(browser.get(&order).await.page().contains("Confirm with your bank"));
    let back = browser.submit(&bank, &bank, &[("decision", "approve")]).await;
    assert_eq!(back.header("location"), order);
    assert!(browser.get(&order).await.page().contains("The gift card is paid."));
    site.jobs_may_be_left();
}

#[tokio::test]
async fn what_is_paid_is_not_paid_again() {
    let site = TestSite::new().await;
    let browser = site.cast.customer.browser();
    let order = ordered(&browser).await;
    browser.submit(&order, &order, &[("number", PAYS)]).await;
    let again = browser.submit(&order, &order, &[("number", PAYS)]).await;
    assert_eq!((again.status, again.header("location")), (303, order));
    assert_eq!(provider_keeps(&site).await, 5_000);
    site.jobs_may_be_left();
}

#[tokio::test]
async fn a_card_is_returned_unused() {
    let site = TestSite::new().await;
    let browser = site.cast.customer.browser();
    let order = ordered(&browser).await;
    let give_back = format!("{order}/return");
    let early = browser.submit(&order, &give_back, &[]).await;
    assert!(early.status == 409 && early.page().contains("cannot be returned"), "{}", early.page());
    browser.submit(&order, &order, &[("number", PAYS)]).await;
    assert_eq!(browser.submit(&order, &give_back, &[]).await.header("location"), order);
    assert!(browser.get(&order).await.page().contains("The gift card is returned."));
    site.run_jobs().await;
    assert_eq!((provider_keeps(&site).await, faults(&site).await), (0, Vec::new()));
    site.jobs_may_be_left();
}

#[tokio::test]
async fn a_mail_that_did_not_arrive_is_sent_again() {
    let site = TestSite::new().await;
    let browser = site.cast.customer.browser();
    let order = ordered(&browser).await;
    browser.submit(&order, &order, &[("number", PAYS)]).await;
    let deliver = format!("{order}/deliveries");
    let early = browser.submit(&order, &deliver, &[("attempt", NOBODY_S), ("email", "ada@elsewhere.test")]).await;
    assert!(early.status == 409 && early.page().contains("it was not sent"), "{}", early.page());
    let sent_now = "UPDATE gift_card_orders SET deliver_at = NULL, delivered_at = created_at; UPDATE gift_cards SET state = 'active'";
    sqlx::raw_sql(sent_now).execute(site.test_database().database.pool()).await.expect("updates");
    let faulty = browser.submit(&order, &deliver, &[("email", "ada")]).await;
    assert!(faulty.status == 422 && faulty.page().contains("id=\"email-fault\""), "{}", faulty.page());
    let sent = browser.submit(&order, &deliver, &[("email", "ada@elsewhere.test")]).await;
    let page = browser.get(&sent.header("location")).await.page();
    assert!(page.contains("It is mailed again") && page.contains("ada@elsewhere.test"), "{page}");
    let shown = browser.get(&order).await;
    let attempt = shown.attempt_of(&deliver).expect("the form has an attempt");
    let fields = [("attempt", attempt.as_str()), ("email", "ada@elsewhere.test")];
    let csrf = shown.csrf();
    let press = || browser.post(&deliver, &csrf, &fields);
    assert_eq!((press().await.status, press().await.status), (303, 303));
    let mails = sqlx::query_scalar::<_, i64>("SELECT count(*) FROM mails WHERE to_address = 'ada@elsewhere.test'");
    let mails = mails.fetch_one(site.test_database().database.pool()).await.expect("a count");
    assert_eq!(mails, 2, "the second press mails no third code");
    site.jobs_may_be_left();
}

#[tokio::test]
async fn only_the_buyer_has_it_mailed_again() {
    let site = TestSite::new().await;
    let order = ordered(&site.cast.customer.browser()).await;
    let stranger = site.cast.other_customer.browser();
    let fields = [("attempt", NOBODY_S), ("email", "me@elsewhere.test")];
    let refused = stranger.submit("/gift-cards", &format!("{order}/deliveries"), &fields).await;
    assert_eq!(refused.status, 404);
}

#[tokio::test]
async fn an_order_that_lapsed_says_so() {
    let site = TestSite::new().await;
    let browser = site.cast.customer.browser();
    let order = ordered(&browser).await;
    let ends = "UPDATE gift_card_orders SET pay_by = created_at";
    sqlx::query(ends).execute(site.test_database().database.pool()).await.expect("updates");
    assert!(browser.get(&order).await.page().contains("This order has lapsed."));
    let late = browser.submit(&order, &order, &[("number", PAYS)]).await;
    assert_eq!((late.header("location"), provider_keeps(&site).await), (order, 0));
}

#[tokio::test]
async fn another_s_order_is_missing() {
    let site = TestSite::new().await;
    let order = ordered(&site.cast.customer.browser()).await;
    let stranger = site.cast.other_customer.browser();
    assert_eq!(stranger.get(&order).await.status, 404);
    assert_eq!(stranger.submit("/gift-cards", &order, &[("number", PAYS)]).await.status, 404);
    assert_eq!(stranger.submit("/gift-cards", &format!("{order}/return"), &[]).await.status, 404);
}

#[tokio::test]
async fn what_a_bank_took_back_is_not_called_returned() {
    let site = TestSite::new().await;
    let (order, _) = doubtful_card(&site.cast.customer, 5_000).await;
    hours(&site, 2).await;
    let browser = site.cast.customer.signed_in_anew(&site).await.browser();
    let page = browser.get(&format!("/gift-cards/{order}")).await.page();
    assert!(page.contains("The bank took the payment back.") && !page.contains("is returned"), "{page}");
}
