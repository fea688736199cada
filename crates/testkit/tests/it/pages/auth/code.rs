//! The code of the authenticator app, after the password.

use testkit::TestSite;

use crate::steps::authenticator::{EMAIL, code_of, with_app};
use crate::steps::passwords::PASSWORD;

#[tokio::test]
async fn a_right_code_opens_the_session_and_a_wrong_one_is_asked_for_again() {
    let site = TestSite::new().await;
    let (app, _) = with_app(&site).await;
    let browser = site.cast.anonymous.browser();
    let form = [("email", EMAIL), ("password", PASSWORD), ("return_to", "/bookings")];
    let asked = browser.post("/login", "", &form).await;
    assert_eq!(asked.status, 303, "{}", asked.text());
    assert!(asked.header("location").starts_with("/login/code"), "{}", asked.header("location"));
    assert!(browser.get(&asked.header("location")).await.text().contains("<h1>Your code</h1>"));
    assert_eq!(browser.get("/bookings").await.status, 303, "the password alone opens nothing");
    let wrong = browser.post("/login/code", "", &[("code", "000000"), ("return_to", "/bookings")]).await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.text().contains("id=\"code-fault\""), "{}", wrong.text());
    let code = code_of(&app, site.now());
    let opened = browser.post("/login/code", "", &[("code", &code), ("return_to", "/bookings")]).await;
    assert_eq!((opened.status, opened.header("location").as_str()), (303, "/bookings"));
    assert_eq!(browser.get("/bookings").await.status, 200);
    site.jobs_may_be_left();
}

#[tokio::test]
async fn without_the_password_before_it_no_code_is_asked_for() {
    let site = TestSite::new().await;
    let shown = site.cast.anonymous.browser().get("/login/code").await;
    assert_eq!(shown.status, 303);
    assert!(shown.header("location").starts_with("/login"), "{}", shown.header("location"));
}
