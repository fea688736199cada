//! The state of a log-in between the password and the code.

use accounts::commands::{self, PasswordLogin};
use accounts::{AccountsError, SessionCache};
use chrono::TimeDelta;
use kernel::{Clock, Secret};

use crate::support::{AccountsFixture, PASSWORD, SHOWN};

#[tokio::test]
async fn a_session_that_was_being_opened_does_not_outlive_the_old_password() {
    let fixture = AccountsFixture::open().await;
    let ana = fixture.ana().await;
    let mut tx = fixture.test.database.begin().await.unwrap();
    let link = commands::request_password_link(&mut tx, fixture.at(), &ana.email).await.unwrap().unwrap();
    let new = Secret::new("a quite different phrase".to_owned());
    commands::reset_password(&mut tx, &fixture.keys, &fixture.hasher, fixture.at(), &link.token, new).await.unwrap();
    tx.commit().await.unwrap();
    // The password was checked before the reset; the session is opened after it.
    let mut tx = fixture.test.database.begin().await.unwrap();
    let late = commands::open_browser_session(&mut tx, fixture.at(), &ana, SHOWN).await;
    assert!(matches!(late, Err(AccountsError::NoSession)));
}

#[tokio::test]
async fn a_change_made_with_the_old_password_fails_after_a_reset() {
    let fixture = AccountsFixture::open().await;
    let ana = fixture.ana().await;
    let pair = fixture.sign_in(&ana).await;
    let now = fixture.clock.now();
    let cache = SessionCache::default();
    let caller = cache.by_access_token(&fixture.test.database, &fixture.keys, now, &pair.access.text).await.unwrap();
    let mut tx = fixture.test.database.begin().await.unwrap();
    let link = commands::request_password_link(&mut tx, fixture.at(), &ana.email).await.unwrap().unwrap();
    let new = Secret::new("a quite different phrase".to_owned());
    commands::reset_password(&mut tx, &fixture.keys, &fixture.hasher, fixture.at(), &link.token, new).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = fixture.test.database.begin().await.unwrap();
    let late = commands::change_password(&mut tx, fixture.at(), &caller, "a hash of the thief's").await;
    assert!(matches!(late, Err(AccountsError::NoSession)));
}

async fn resume(fixture: &AccountsFixture, note: &Secret<String>) -> Result<(), AccountsError> {
    let mut connection = fixture.test.database.acquire().await.unwrap();
    commands::resume_login(&mut connection, &fixture.keys, fixture.clock.now(), note.expose()).await.map(drop)
}

#[tokio::test]
async fn it_is_void_when_the_password_was_changed_since() {
    let fixture = AccountsFixture::open().await;
    let ana = fixture.ana().await;
    let pair = fixture.sign_in(&ana).await;
    let login = PasswordLogin { email: ana.email.clone(), password: Secret::new(PASSWORD.to_owned()) };
    let proven = commands::check_password(
        &fixture.test.database,
        &fixture.keys,
        &fixture.hasher,
        fixture.at(),
        login,
        "192.0.2.1",
    )
    .await
    .unwrap();
    let note = proven.seal(&fixture.keys);
    resume(&fixture, &note).await.unwrap();

    fixture.clock.advance(TimeDelta::milliseconds(1));
    let cache = SessionCache::default();
    let now = fixture.clock.now();
    let caller = cache.by_access_token(&fixture.test.database, &fixture.keys, now, &pair.access.text).await.unwrap();
    let mut tx = fixture.test.database.begin().await.unwrap();
    commands::change_password(&mut tx, fixture.at(), &caller, "a new hash").await.unwrap();
    tx.commit().await.unwrap();
    assert!(matches!(resume(&fixture, &note).await, Err(AccountsError::NoSession)));
}
