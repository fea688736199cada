//! What banks took back, as our staff see it.

use testkit::TestSite;

use crate::steps::chargebacks::{
    cases, close, doubtful_booking, doubtful_card, hear_of_victory, hours, spend, vindicated_card,
};
use crate::steps::journey::text;
use crate::steps::objects::NOBODY_S;
use crate::steps::refund_requests::two_of_staff;

const PAGE: &str = "/staff/chargebacks";

#[tokio::test]
async fn open_cases_say_what_is_missing_of_whom_and_on_which_cards() {
    let site = TestSite::new().await;
    let (_, card) = doubtful_card(&site.cast.customer, 5_000).await;
    spend(&site, &site.cast.customer, &card, 1_999).await;
    doubtful_booking(&site, &site.cast.other_customer).await;
    hours(&site, 2).await;
    let (support, _) = two_of_staff(&site).await;
    let page = support.browser().get(PAGE).await.page();
    let last = format!("…{}", card[card.len() - 4..].to_uppercase());
    for words in ["of customer", "$30.01 found, $19.99 missing", &last, "of other-customer", "$262.50 missing"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(page.contains(&format!("/staff/gift-cards/cards/{card}")), "{page}");
}

#[tokio::test]
async fn a_case_that_was_won_says_so() {
    let site = TestSite::new().await;
    vindicated_card(&site.cast.customer, 5_000).await;
    hours(&site, 2).await;
    hear_of_victory(&site).await;
    let closed = two_of_staff(&site).await.0.browser().get(&format!("{PAGE}?state=closed")).await.page();
    assert!(closed.contains("The bank let the payment stand") && closed.contains("and all of it is back."), "{closed}");
    assert!(!closed.contains("missing") && !closed.contains("All of it was found"), "{closed}");
}

#[tokio::test]
async fn what_was_found_whole_is_among_the_closed_and_others_do_not_come_here() {
    let site = TestSite::new().await;
    doubtful_card(&site.cast.customer, 5_000).await;
    hours(&site, 2).await;
    let browser = two_of_staff(&site).await.0.browser();
    assert!(browser.get(PAGE).await.page().contains("Nothing is open."));
    let closed = browser.get(&format!("{PAGE}?state=closed")).await.page();
    assert!(closed.contains("$50.00 found") && closed.contains("All of it was found"), "{closed}");
    let customer = site.cast.customer.signed_in_anew(&site).await;
    assert_eq!(customer.browser().get(PAGE).await.status, 403);
}

#[tokio::test]
async fn a_case_is_closed_with_a_note() {
    let site = TestSite::new().await;
    doubtful_booking(&site, &site.cast.customer).await;
    hours(&site, 2).await;
    let action = format!("{PAGE}/{}", text(&cases(&site).await[0], "id"));
    let browser = two_of_staff(&site).await.0.browser();
    let silent = browser.submit(PAGE, &action, &[("note", "")]).await;
    assert_eq!(silent.status, 422);
    assert!(silent.page().contains("Use 1 to 200 characters"), "{}", silent.page());
    let done = browser.submit(PAGE, &action, &[("note", "They paid again")]).await;
    assert_eq!((done.status, done.header("location").as_str()), (303, PAGE));
    let closed = browser.get(&format!("{PAGE}?state=closed")).await.page();
    assert!(closed.contains("They paid again") && closed.contains("support closed it"), "{closed}");
    site.run_jobs().await;
}

#[tokio::test]
async fn what_was_closed_meanwhile_or_never_was_changes_nothing() {
    let site = TestSite::new().await;
    doubtful_booking(&site, &site.cast.customer).await;
    hours(&site, 2).await;
    let case = cases(&site).await.remove(0);
    let (support, admin) = two_of_staff(&site).await;
    let browser = support.browser();
    let csrf = browser.get(PAGE).await.csrf();
    close(&admin, &case, "First", "one").await;
    let late = browser.post(&format!("{PAGE}/{}", text(&case, "id")), &csrf, &[("note", "Second")]).await;
    assert_eq!((late.status, late.header("location").as_str()), (303, PAGE));
    assert!(browser.get(&format!("{PAGE}?state=closed")).await.page().contains("First"));
    let missing = browser.post(&format!("{PAGE}/{NOBODY_S}"), &csrf, &[("note", "Gone")]).await;
    assert_eq!(missing.status, 404);
    site.run_jobs().await;
}
