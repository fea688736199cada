//! One kept mail, in development.

use serde_json::json;
use testkit::TestSite;
use uuid::Uuid;

use crate::steps::journey::{at, book_and_pay};
use crate::steps::objects::NOBODY_S;

/// The address of the newest mail of a template.
async fn mail(site: &TestSite, template: &str) -> String {
    site.run_jobs().await;
    let id: Uuid = sqlx::query_scalar("SELECT id FROM mails WHERE template = $1 ORDER BY id DESC LIMIT 1")
        .bind(template)
        .fetch_one(site.test_database().database.pool())
        .await
        .expect("there is one");
    format!("/mailbox/{id}")
}

/// The address of a mail with a link and without a file.
async fn linked(site: &TestSite) -> String {
    let asked = json!({"email": "customer@example.org"});
    assert_eq!(site.cast.anonymous.post("/api/auth/password/reset", &asked).await.status, 202);
    mail(site, "reset_password").await
}

/// The address of a mail with a file.
async fn confirmed(site: &TestSite) -> String {
    book_and_pay(&site.cast.customer, &site.cast.star, at(site, 5, 10)).await;
    mail(site, "booking_confirmed_customer").await
}

#[tokio::test]
async fn a_mail_shows_its_text_and_leads_to_its_file() {
    let site = TestSite::new().await;
    let path = confirmed(&site).await;
    let mail = site.cast.anonymous.browser().get_here(&path).await;
    assert_eq!(mail.status, 200);
    assert!(mail.page().contains("to customer@example.org · just now"), "{}", mail.page());
    assert!(
        mail.page().contains("Ada Quill") && mail.page().contains(&format!("href=\"{path}/file\"")),
        "{}",
        mail.page()
    );
}

#[tokio::test]
async fn the_link_of_a_mail_can_be_followed_and_what_people_wrote_stays_text() {
    let site = TestSite::new().await;
    let name = json!({"display_name": "<b>Noor</b>"});
    assert_eq!(site.cast.customer.call("PATCH", "/api/me", Some(&name), &[]).await.status, 200);
    let path = linked(&site).await;
    let browser = site.cast.anonymous.browser();
    let page = browser.get_here(&path).await.page();
    assert!(page.contains("Hello &lt;b&gt;Noor&lt;/b&gt;."), "{page}");
    let link = page.split("<a href=\"https://stagedoor.test/reset?").nth(1).and_then(|rest| rest.split('"').next());
    let form = browser.get(&format!("/reset?{}", link.expect("a link"))).await;
    assert_eq!(form.action("/reset"), "/reset");
}

#[tokio::test]
async fn a_mail_that_is_not_there_is_not_found() {
    let site = TestSite::new().await;
    let browser = site.cast.anonymous.browser();
    for id in [NOBODY_S, "not-a-mail"] {
        for path in [format!("/mailbox/{id}"), format!("/mailbox/{id}/file")] {
            assert_eq!(browser.get_here(&path).await.status, 404, "{path}");
        }
    }
}

#[tokio::test]
async fn nobody_elsewhere_reads_the_mail_of_others() {
    let site = TestSite::new().await;
    let path = confirmed(&site).await;
    for path in [path.clone(), format!("{path}/file")] {
        assert_eq!(site.cast.admin.browser().get_here(&path).await.status, 200, "{path}");
        assert_eq!(site.cast.admin.browser().get(&path).await.status, 404, "{path}");
        assert_eq!(site.cast.admin.from("192.0.2.7").browser().get_here(&path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn the_file_is_kept_under_its_own_name() {
    let site = TestSite::new().await;
    let path = confirmed(&site).await;
    let file = site.cast.anonymous.browser().get_here(&format!("{path}/file")).await;
    assert_eq!(file.status, 200);
    assert!(file.text().starts_with("BEGIN:VCALENDAR"), "{}", file.text());
    assert!(file.header("content-type").starts_with("text/calendar"), "{}", file.header("content-type"));
    let name = file.header("content-disposition");
    assert!(name.starts_with("attachment; filename=\"SD-") && name.ends_with(".ics\""), "{name}");
}

#[tokio::test]
async fn a_mail_without_a_file_leads_to_none() {
    let site = TestSite::new().await;
    let path = linked(&site).await;
    let browser = site.cast.anonymous.browser();
    assert!(!browser.get_here(&path).await.page().contains("/file\""));
    assert_eq!(browser.get_here(&format!("{path}/file")).await.status, 404);
}
