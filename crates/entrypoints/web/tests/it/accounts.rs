//! From the registration form to signing out, over pages alone.

use http::StatusCode;

use crate::browser::Browser;

const PASSWORD: &str = "a quiet corner and a chair";

/// Registers and verifies Noor by the mailed link.
async fn registered() -> Browser {
    let browser = Browser::new().await;
    let form = [
        ("display_name", "Noor"),
        ("email", "noor@example.test"),
        ("password", PASSWORD),
        ("time_zone", "Europe/Berlin"),
    ];
    let shown = browser.post("/register", "", &form).await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.body);
    assert!(shown.body.contains("Look into your mail."));
    let mut connection = browser.site.database.acquire().await.unwrap();
    let mail = notifications::queries::newest(&mut connection, 1).await.unwrap().remove(0);
    let link = mail.body_text.split("token=").nth(1).unwrap().split_whitespace().next().unwrap();
    // The mailbox alone is not enough: a stranger may have registered the address.
    let shown = browser.post("/verify", "", &[("token", link)]).await;
    assert!(shown.body.contains("Enter the password that you registered with."), "{}", shown.body);
    let shown = browser.post("/verify", "", &[("token", link), ("password", "certainly not this one")]).await;
    assert!(shown.body.contains("This is not the password of this account."), "{}", shown.body);
    let shown = browser.post("/verify", "", &[("token", link), ("password", PASSWORD)]).await;
    assert_eq!((shown.status, shown.location()), (StatusCode::SEE_OTHER, "/discover"), "{}", shown.body);
    let csrf = browser.get("/account").await.csrf();
    browser.post("/logout", &csrf, &[]).await;
    browser
}

async fn signed_in() -> Browser {
    let browser = registered().await;
    let shown = browser
        .post("/login", "", &[("email", "noor@example.test"), ("password", PASSWORD), ("return_to", "/account")])
        .await;
    assert_eq!((shown.status, shown.location()), (StatusCode::SEE_OTHER, "/account"), "{}", shown.body);
    browser
}

#[tokio::test]
async fn a_newcomer_registers_verifies_and_signs_in() {
    let browser = signed_in().await;
    let shown = browser.get("/account").await;
    assert!(shown.body.contains("noor@example.test") && shown.body.contains("Verified"), "{}", shown.body);
    assert_eq!(shown.header("cache-control"), "no-store");
    let shown = browser.get("/mailbox").await;
    assert!(shown.body.contains("Verify your e-mail address"));
}

#[tokio::test]
async fn what_was_typed_comes_back_with_what_is_wrong() {
    let browser = Browser::new().await;
    let form =
        [("display_name", "Noor <b>"), ("email", "noor@"), ("password", "short"), ("time_zone", "Europe/Berlin")];
    let shown = browser.post("/register", "", &form).await;
    assert_eq!(shown.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        shown.body.contains("value=\"Noor &lt;b&gt;\"")
            && shown.body.contains("id=\"email-fault\"")
            && shown.body.contains("id=\"password-fault\"")
    );
    assert!(!shown.body.contains("value=\"short\""), "a password is never sent back");
}

#[tokio::test]
async fn a_wrong_password_is_not_told_from_an_unknown_address() {
    let browser = registered().await;
    let known = browser.post("/login", "", &[("email", "noor@example.test"), ("password", "not this one")]).await;
    let unknown = browser.post("/login", "", &[("email", "else@example.test"), ("password", "not this one")]).await;
    assert_eq!((known.status, unknown.status), (StatusCode::UNPROCESSABLE_ENTITY, StatusCode::UNPROCESSABLE_ENTITY));
    assert_eq!(known.body.replace("noor@", "else@"), unknown.body);
}

#[tokio::test]
async fn nobody_is_sent_to_another_site_after_signing_in() {
    let browser = registered().await;
    let shown = browser
        .post("/login", "", &[("email", "noor@example.test"), ("password", PASSWORD), ("return_to", "//evil.test/")])
        .await;
    assert_eq!(shown.location(), "/dashboard");
}

#[tokio::test]
async fn a_form_without_the_sessions_proof_changes_nothing() {
    let browser = signed_in().await;
    let fields = [("display_name", "Mallory"), ("time_zone", "UTC")];
    let shown = browser.post("/account", "forged", &fields).await;
    assert_eq!(shown.status, StatusCode::FORBIDDEN);
    assert!(shown.body.contains("This door is not yours."), "{}", shown.body);
    let page = browser.get("/account").await;
    let body = format!("csrf={}&display_name=Mallory&time_zone=UTC", page.csrf());
    assert_eq!(browser.post_from("/account", "cross-site", &body).await.status, StatusCode::FORBIDDEN);
    assert!(browser.get("/account").await.body.contains("value=\"Noor\""));
    let shown =
        browser.post("/account", &page.csrf(), &[("display_name", "Noor H."), ("time_zone", "Asia/Tokyo")]).await;
    assert_eq!(shown.location(), "/account?saved=profile");
    assert!(browser.get("/account").await.body.contains("value=\"Noor H.\""));
}

#[tokio::test]
async fn signing_out_ends_the_session_and_a_page_asks_to_sign_in() {
    let browser = signed_in().await;
    let csrf = browser.get("/account").await.csrf();
    let shown = browser.post("/logout", &csrf, &[]).await;
    assert_eq!((shown.status, shown.location()), (StatusCode::SEE_OTHER, "/"));
    for cookie in ["__Host-stagedoor=;", "__Secure-stagedoor-draft=;", "__Secure-stagedoor-way-back=;"] {
        assert!(
            shown.headers.get_all("set-cookie").iter().any(|set| set.to_str().unwrap().contains(cookie)),
            "{cookie}"
        );
    }
    let shown = browser.get("/account/sessions?from=here").await;
    assert_eq!(shown.location(), "/login?return_to=%2Faccount%2Fsessions%3Ffrom%3Dhere");
}

#[tokio::test]
async fn a_browser_has_one_session() {
    let browser = signed_in().await;
    let credentials = [("email", "noor@example.test"), ("password", PASSWORD)];
    let csrf = browser.get("/account").await.csrf();
    assert_eq!(browser.post("/login", &csrf, &credentials).await.status, StatusCode::SEE_OTHER);
    let shown = browser.get("/account/sessions").await;
    assert!(shown.body.contains("This one"), "{}", shown.body);
    assert!(!shown.body.contains("End all but this one"), "the one before lives on: {}", shown.body);
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_by_a_mailed_link_once() {
    let browser = registered().await;
    let unknown = browser.post("/forgot", "", &[("email", "else@example.test")]).await;
    let known = browser.post("/forgot", "", &[("email", "noor@example.test")]).await;
    assert_eq!(known.body.replace("noor@", "else@"), unknown.body, "the answer tells nothing");
    let mut connection = browser.site.database.acquire().await.unwrap();
    let mail = notifications::queries::newest(&mut connection, 5)
        .await
        .unwrap()
        .into_iter()
        .find(|mail| mail.template == "reset_password")
        .unwrap();
    let token = mail.body_text.split("token=").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
    let new = "another quiet corner";
    let shown = browser.post("/reset", "", &[("token", &token), ("password", new)]).await;
    assert!(shown.body.contains("Your new password is set."), "{}", shown.body);
    let again = browser.post("/reset", "", &[("token", &token), ("password", new)]).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    let shown = browser.post("/login", "", &[("email", "noor@example.test"), ("password", new)]).await;
    assert_eq!(shown.status, StatusCode::SEE_OTHER);
}
