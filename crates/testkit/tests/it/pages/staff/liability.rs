//! What all cards and all credit hold, as bars.

use testkit::TestSite;

use crate::steps::gifts::{card_of, issue, redeem};

const PAGE: &str = "/staff/gift-cards/liability";

#[tokio::test]
async fn sums_stand_by_currency_and_kind() {
    let site = TestSite::new().await;
    let card = card_of(&site, &site.cast.customer, "goodwill").await;
    redeem(&site.cast.customer, &card, 2_000, "one").await;
    issue(&site, "promotional", 2).await;
    let page = site.cast.admin.browser().get(PAGE).await.page();
    assert!(page.contains("<span>Owed in USD</span> <b>$150.00</b>"), "{page}");
    for (kind, sum) in [("Goodwill", "$30.00"), ("Promotion", "$100.00"), ("Credit", "$20.00")] {
        assert!(
            page.contains(&format!("<h3>{kind}")) && page.contains(&format!("<b class=\"figure\">{sum}</b>")),
            "{kind}"
        );
    }
    assert!(page.contains("class=\"bar-credit\""), "{page}");
}

#[tokio::test]
async fn it_is_for_admins_and_says_when_nothing_is_owed() {
    let site = TestSite::new().await;
    assert!(site.cast.admin.browser().get(PAGE).await.page().contains("Nothing is owed."));
    for caller in [&site.cast.support, &site.cast.customer] {
        assert_eq!(caller.browser().get(PAGE).await.status, 403);
    }
}
