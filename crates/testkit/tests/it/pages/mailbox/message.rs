//! One kept mail, in development.

use testkit::TestSite;
use uuid::Uuid;

use crate::steps::journey::{at, book_and_pay};

#[tokio::test]
async fn a_mail_shows_its_text_and_its_file() {
    let site = TestSite::new().await;
    book_and_pay(&site.cast.customer, &site.cast.star, at(&site, 5, 10)).await;
    site.run_jobs().await;
    let id: Uuid = sqlx::query_scalar("SELECT id FROM mails WHERE template = 'booking_confirmed_customer'")
        .fetch_one(site.test_database().database.pool())
        .await
        .expect("there is one");
    let browser = site.cast.anonymous.browser();
    let mail = browser.get_here(&format!("/mailbox/{id}")).await;
    assert_eq!(mail.status, 200);
    assert!(mail.text().contains("customer@example.org") && mail.text().contains("Ada Quill"), "{}", mail.text());
    let file = browser.get_here(&format!("/mailbox/{id}/file")).await;
    assert!(file.text().starts_with("BEGIN:VCALENDAR"), "{}", file.text());
    for path in [format!("/mailbox/{id}"), format!("/mailbox/{id}/file")] {
        assert_eq!(browser.get(&path).await.status, 404, "only this machine reads the mail of others");
    }
    assert_eq!(browser.get_here("/mailbox/not-a-mail").await.status, 404);
}
