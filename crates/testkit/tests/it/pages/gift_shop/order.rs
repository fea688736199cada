//! The page of a gift card that is being bought.

use testkit::{TestBrowser, TestSite};

use crate::steps::chargebacks::{doubtful_card, hours};
use crate::steps::gifts::{
    bought_code, claim, form_for_a_friend, freeze, mailed_code, order, order_body, order_id, own_card, pay_order,
    redeem, send_to,
};
use crate::steps::journey::{ASKS, DECLINES, PAYS, faults, provider_keeps, text};
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
    let page = browser.get(&order).await.page();
    assert!(page.contains("It waits for you until ") && page.contains("data-then=\"reload\""), "{page}");
    let faulty = browser.submit(&order, &order, &[("number", "4000")]).await;
    assert!(faulty.status == 422 && faulty.page().contains("id=\"number-fault\""), "{}", faulty.page());
    browser.submit(&order, &order, &[("number", DECLINES)]).await;
    assert!(browser.get(&order).await.page().contains("Your bank declined the card."));
    browser.submit(&order, &order, &[("number", PAYS)]).await;
    let page = browser.get(&order).await.page();
    assert!(page.contains("The gift card is paid.") && page.contains("Ada gets it on Wed 16 December"), "{page}");
    assert!(page.contains("<dt>Paid</dt><dd>$50.00</dd>") && page.contains("Will be mailed on Wed 16"), "{page}");
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
    let page = browser.get(&order).await.page();
    assert!(page.contains("The gift card is returned.") && page.contains("<dt>Paid back</dt>"), "{page}");
    assert!(!page.contains("ailed on Wed 16"), "nothing is mailed any more: {page}");
    site.run_jobs().await;
    assert_eq!((provider_keeps(&site).await, faults(&site).await), (0, Vec::new()));
    site.jobs_may_be_left();
}

#[tokio::test]
async fn a_card_in_use_or_claimed_is_not_offered_back() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    let browser = customer.browser();
    let card = own_card(customer, 5_000).await;
    let order = text(&customer.get("/api/gift-card-orders").await.json()["items"][0], "id").to_owned();
    let order = format!("/gift-cards/{order}");
    let page = browser.get(&order).await.page();
    assert!(page.contains("Return it for $50.00") && page.contains("Nothing else is due"), "{page}");
    assert_eq!(redeem(customer, &card, 1_000, "one").await.status, 201);
    let page = browser.get(&order).await.page();
    assert!(
        page.contains("<h1>The gift card is not whole any more.</h1>") && !page.contains("Return it for"),
        "{page}"
    );
    let refused = browser.submit(&order, &format!("{order}/return"), &[]).await;
    let page = refused.page();
    assert!(refused.status == 409 && page.contains("cannot be returned") && !page.contains("Thank you"), "{page}");

    let given = order_id(customer).await;
    pay_order(customer, &given, PAYS, "two").await;
    let code = bought_code(&site).await;
    let given = format!("/gift-cards/{given}");
    assert!(browser.get(&given).await.page().contains("Return it for $50.00"), "nobody has claimed it");
    assert_eq!(claim(&site.cast.other_customer, &code, "three").await.status, 201);
    let page = browser.get(&given).await.page();
    assert!(page.contains("<h1>Ada has the gift card.</h1>") && !page.contains("Return it for"), "{page}");
}

#[tokio::test]
async fn a_card_that_our_team_stopped_is_refused_without_thanks() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    let card = own_card(customer, 5_000).await;
    let order = text(&customer.get("/api/gift-card-orders").await.json()["items"][0], "id").to_owned();
    let order = format!("/gift-cards/{order}");
    freeze(&site, &card).await;
    let refused = customer.browser().submit(&order, &format!("{order}/return"), &[]).await;
    let page = refused.page();
    assert!(refused.status == 409 && !page.contains("Thank you") && !page.contains("Return it for"), "{page}");
    site.jobs_may_be_left();
}

#[tokio::test]
async fn the_design_that_was_chosen_stays_with_the_card() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let browser = cast.customer.browser();
    let order = order(&cast.customer, &order_body(5_000), "one").await.json();
    assert_eq!(text(&order, "design"), "spotlight");
    let playbill = "UPDATE gift_card_orders SET design = 'playbill'";
    sqlx::query(playbill).execute(site.test_database().database.pool()).await.expect("updates");
    let path = format!("/gift-cards/{}", text(&order, "id"));
    let drawn = |page: &str, words: &str| {
        let card = page.split("class=\"gift gift-").nth(1).unwrap_or_else(|| panic!("no card: {page}"));
        assert!(card.starts_with("playbill") && card.contains(" t2 o5\""), "{card}");
        assert!(page.contains(words), "{words}: {page}");
    };
    drawn(&browser.get(&path).await.page(), "Design: Playbill");
    pay_order(&cast.customer, text(&order, "id"), PAYS, "one").await;
    let code = bought_code(&site).await;
    let stranger = cast.anonymous.browser();
    let open = async |code: &str| {
        stranger.get(&format!("/claim?code={code}")).await;
        stranger.get("/claim").await.page()
    };
    drawn(&open(&code).await, "<h1>Bo sent you $50.00</h1>");
    drawn(&stranger.get("/claim/card").await.page(), "See you there!");
    let receiver = cast.other_customer.browser();
    let claimed = claim(&cast.other_customer, &code, "two").await.json();
    let card = text(&claimed, "id");
    let own = format!("/account/gift-cards/{card}");
    drawn(&receiver.get(&own).await.page(), "from Bo");
    drawn(&receiver.get("/account/gift-cards").await.page(), "Gift cards and credit");
    drawn(&receiver.get(&format!("{own}/transfer")).await.page(), "As they will see it");
    send_to(&cast.other_customer, card, "third@elsewhere.test", "three").await;
    let page = open(&mailed_code(&site).await).await;
    drawn(&page, "<h1>other-customer sent you $50.00</h1>");
    assert!(!page.contains("See you there!"), "what the buyer wrote was for the first: {page}");
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
    assert!(page.contains("Mailed on ") && !page.contains("Will be mailed"), "{page}");
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
    let page = browser.get(&order).await.page();
    assert!(page.contains("This order has lapsed.") && page.contains("<dt>Not charged</dt>"), "{page}");
    assert!(!page.contains("ailed on Wed 16"), "{page}");
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
