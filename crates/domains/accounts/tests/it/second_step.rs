//! The state of a log-in between the password and the code.

use accounts::commands::{self, PasswordLogin};
use accounts::{AccountsError, SessionCache};
use chrono::TimeDelta;
use kernel::{Clock, Secret};

use crate::support::{AccountsFixture, PASSWORD, SHOWN};

const NEW: &str = "a quite different phrase";

#[tokio::test]
async fn a_session_that_was_being_opened_does_not_outlive_the_old_password() {
    let fixture = AccountsFixture::open().await;
    let ana = fixture.ana().await;
    let link = fixture.ask_for_link(&ana.email, SHOWN).await.unwrap();
    fixture.reset(&link.token, NEW).await.unwrap();
    // The password was checked before the reset; the session is opened after it.
    let mut tx = fixture.test.database.begin().await.unwrap();
    let late = commands::open_browser_session(&mut tx, &fixture.keys, fixture.at(), &ana, SHOWN).await;
    assert!(matches!(late, Err(AccountsError::NoSession)));
}

#[tokio::test]
async fn a_change_made_with_the_old_password_fails_after_a_reset() {
    let fixture = AccountsFixture::open().await;
    let ana = fixture.ana().await;
    let pair = fixture.sign_in(&ana).await;
    let (now, database) = (fixture.clock.now(), &fixture.test.database);
    let cache = SessionCache::default();
    let caller = cache.by_access_token(database, &fixture.keys, now, &pair.access.text).await.unwrap();
    let thief = Secret::new("the phrase of a thief".to_owned());
    let prepared = commands::prepare_change(fixture.passwords(), fixture.at(), &caller, thief).await.unwrap();
    let link = fixture.ask_for_link(&ana.email, SHOWN).await.unwrap();
    fixture.reset(&link.token, NEW).await.unwrap();
    let mut tx = database.begin().await.unwrap();
    let late = commands::change_password(&mut tx, &fixture.keys, fixture.at(), &caller, &prepared, SHOWN).await;
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
    let (database, at) = (&fixture.test.database, fixture.at());
    let proven = commands::check_password(database, fixture.passwords(), at, login, SHOWN).await.unwrap();
    let note = proven.seal(&fixture.keys);
    resume(&fixture, &note).await.unwrap();

    fixture.clock.advance(TimeDelta::milliseconds(1));
    fixture.change(&ana, &pair, NEW).await.unwrap();
    assert!(matches!(resume(&fixture, &note).await, Err(AccountsError::NoSession)));
}
