//! Claiming a card by a mailed link or a typed code.

use testkit::{TestBrowser, TestResponse, TestSite};

use crate::steps::gifts::{card_of, claim, freeze, issue, mailed_code, send_to};
use crate::steps::journey::text;
use crate::steps::newcomer::{self, mailed_token};

const PAGE: &str = "/claim";
const NOTHING: &str =
    "This code opens no gift card. Look for mistyped letters; a code works once, and somebody may have claimed it.";

/// Opens the link that was mailed.
async fn open(browser: &TestBrowser, code: &str) -> TestResponse {
    let sent_on = browser.get(&format!("{PAGE}?code={code}")).await;
    assert_eq!(
        (sent_on.status, sent_on.header("location").as_str()),
        (303, PAGE),
        "the address holds no code any more"
    );
    browser.get(PAGE).await
}

/// Types a code.
async fn look(browser: &TestBrowser, code: &str) -> TestResponse {
    let sent_on = browser.submit("/account", "/claim/code", &[("code", code)]).await;
    assert_eq!((sent_on.status, sent_on.header("location").as_str()), (303, PAGE), "{}", sent_on.page());
    browser.get(PAGE).await
}

#[tokio::test]
async fn a_link_shows_the_card_and_claims_nothing() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let card = card_of(&site, &cast.customer, "goodwill").await;
    send_to(&cast.customer, &card, "friend@example.net", "one").await;
    let code = mailed_code(&site).await;
    let stranger = cast.anonymous.browser();
    for _ in 0..3 {
        let shown = open(&stranger, &code).await;
        let page = shown.page();
        assert!(page.contains("<h1>customer sent you $50.00</h1>") && page.contains("For your show"), "{page}");
        assert_eq!(
            (shown.header("referrer-policy"), shown.header("x-robots-tag")),
            ("no-referrer".into(), "noindex".into())
        );
        assert_eq!(shown.header("cache-control"), "no-store");
        assert!(page.contains("/login?return_to=%2Fclaim") && !page.contains(&code), "{page}");
    }
    assert_eq!(claim(&cast.other_customer, &code, "two").await.status, 201);
}

#[tokio::test]
async fn without_a_code_it_asks_for_one() {
    let site = TestSite::new().await;
    let asked = site.cast.anonymous.browser().get(PAGE).await;
    assert_eq!((asked.status, asked.header("x-robots-tag").as_str()), (200, "noindex"));
    assert!(asked.page().contains("<h1>Claim a gift card</h1>") && asked.page().contains("name=\"code\""));
}

#[tokio::test]
async fn one_press_makes_the_card_theirs_and_the_code_opens_nothing_any_more() {
    let site = TestSite::new().await;
    let (id, code) = issue(&site, "promotional", 1).await.remove(0);
    let browser = site.cast.customer.browser();
    let shown = look(&browser, &code.to_lowercase().replace('-', " ")).await;
    assert!(shown.page().contains("<h1>$50.00 for you</h1>"), "{}", shown.page());
    let claimed = browser.submit(PAGE, PAGE, &[("code", &shown.typed("code"))]).await;
    let card = format!("/account/gift-cards/{id}?claimed=yes");
    assert_eq!((claimed.status, claimed.header("location")), (303, card.clone()), "{}", claimed.page());
    assert!(browser.get(&card).await.page().contains("The card is yours now"));
    assert!(!browser.cookie_names().iter().any(|name| name.contains("gift")), "the code is forgotten");
    // A second press, and the link opened again, lead to the card; for others the code opens nothing.
    let again = browser.submit("/account", PAGE, &[("code", &code)]).await;
    assert_eq!((again.status, again.header("location")), (303, card), "{}", again.page());
    let theirs = format!("/account/gift-cards/{id}");
    assert_eq!(open(&browser, &code).await.header("location"), theirs);
    let others = site.cast.other_customer.browser().submit("/account", PAGE, &[("code", &code)]).await;
    assert_eq!((others.status, others.fault("code").as_str()), (404, NOTHING));
}

#[tokio::test]
async fn whatever_opens_nothing_gets_the_same_page() {
    let site = TestSite::new().await;
    let cards = issue(&site, "promotional", 2).await;
    assert_eq!(claim(&site.cast.other_customer, &cards[0].1, "one").await.status, 201);
    freeze(&site, &cards[1].0).await;
    let browser = site.cast.customer.browser();
    let mut pages = Vec::new();
    for code in [cards[0].1.as_str(), &cards[1].1, "0000-0000-0000-0000-0000", "7K3M", "", &"x".repeat(500)] {
        let refused = look(&browser, code).await;
        assert_eq!((refused.status, refused.fault("code").as_str()), (404, NOTHING), "{code}");
        pages.push(refused.page());
        // It was forgotten: looking again is no guess.
        assert_eq!(browser.get(PAGE).await.status, 200);
    }
    pages.dedup();
    assert_eq!(pages.len(), 1, "{pages:?}");
}

#[tokio::test]
async fn a_newcomer_makes_an_account_and_the_card_waits() {
    let site = TestSite::new().await;
    let (id, code) = issue(&site, "goodwill", 1).await.remove(0);
    site.jobs_may_be_left();
    let browser = site.cast.anonymous.browser();
    let page = open(&browser, &code).await.page();
    assert!(page.contains("/register?return_to=%2Fclaim"), "{page}");
    let form = [
        ("display_name", "Noor"),
        ("email", newcomer::EMAIL),
        ("password", newcomer::PASSWORD),
        ("time_zone", "Europe/Berlin"),
    ];
    assert_eq!(browser.post("/register?return_to=/claim", "", &form).await.status, 200);
    let token = mailed_token(&site, "verify_address").await;
    let verified = browser.post("/verify", "", &[("token", &token), ("password", newcomer::PASSWORD)]).await;
    assert_eq!(verified.header("location"), PAGE);
    let shown = browser.get(PAGE).await;
    let claimed = browser.submit(PAGE, PAGE, &[("code", &shown.typed("code"))]).await;
    assert_eq!(claimed.header("location"), format!("/account/gift-cards/{id}?claimed=yes"), "{}", claimed.page());
}

#[tokio::test]
async fn who_has_not_verified_does_that_first_and_signing_out_forgets_the_code() {
    let site = TestSite::new().await;
    let (_, code) = issue(&site, "goodwill", 1).await.remove(0);
    let browser = site.cast.unverified.browser();
    let page = look(&browser, &code).await.page();
    assert!(page.contains("One step before it is yours") && !page.contains("action=\"/claim\""), "{page}");
    assert_eq!(browser.submit("/account", PAGE, &[("code", &code)]).await.status, 403);
    browser.submit("/account", "/logout", &[]).await;
    assert!(browser.get(PAGE).await.page().contains("<h1>Claim a gift card</h1>"));
    assert_eq!(site.cast.anonymous.browser().post(PAGE, "", &[("code", &code)]).await.status, 303);
}

#[tokio::test]
async fn guessing_ends_after_fifteen_tries_wherever_it_is_done() {
    let site = TestSite::new().await;
    let guesser = site.cast.customer.at(&testkit::router(&site.site, 1)).browser();
    for guess in 0..15 {
        let path = if guess % 2 == 0 { PAGE } else { "/claim/card" };
        guesser.submit("/account", "/claim/code", &[("code", "0000-0000-0000-0000-0000")]).await;
        assert_eq!(guesser.get(path).await.status, 404, "{guess}");
    }
    guesser.submit("/account", "/claim/code", &[("code", "0000-0000-0000-0000-0000")]).await;
    let later = guesser.get(PAGE).await;
    let again = "class=\"button button-amber\" href=\"/claim\">Try again</a>";
    assert!(later.status == 429 && later.page().contains(again), "{} {}", later.status, later.page());
    let (card, _) = issue(&site, "goodwill", 1).await.remove(0);
    assert_eq!(text(&site.cast.admin.get(&format!("/api/gift-cards/{card}")).await.json(), "state"), "active");
}
