//! What a browser keeps between the password and the code.

use accounts::commands::{self, Login};
use accounts::{AccountsError, SessionCache};
use chrono::TimeDelta;
use kernel::{Clock, Secret};

use crate::support::{Desk, PASSWORD, SHOWN};

#[tokio::test]
async fn a_session_that_was_being_opened_does_not_outlive_the_old_password() {
    let desk = Desk::open().await;
    let ana = desk.ana().await;
    let mut tx = desk.test.database.begin().await.unwrap();
    let link = commands::request_password_link(&mut tx, desk.at(), &ana.email).await.unwrap().unwrap();
    let new = Secret::new("a quite different phrase".to_owned());
    commands::reset_password(&mut tx, &desk.keys, &desk.hasher, desk.at(), &link.token, new).await.unwrap();
    tx.commit().await.unwrap();
    // Their password was checked before the reset, and the session comes after it.
    let mut tx = desk.test.database.begin().await.unwrap();
    let late = commands::open_browser_session(&mut tx, desk.at(), &ana, SHOWN).await;
    assert!(matches!(late, Err(AccountsError::NoSession)));
}

#[tokio::test]
async fn what_the_old_password_was_asked_for_does_not_come_after_the_new_one() {
    let desk = Desk::open().await;
    let ana = desk.ana().await;
    let pair = desk.sign_in(&ana).await;
    let now = desk.clock.now();
    let cache = SessionCache::default();
    let caller = cache.by_access_token(&desk.test.database, &desk.keys, now, &pair.access.text).await.unwrap();
    let mut tx = desk.test.database.begin().await.unwrap();
    let link = commands::request_password_link(&mut tx, desk.at(), &ana.email).await.unwrap().unwrap();
    let new = Secret::new("a quite different phrase".to_owned());
    commands::reset_password(&mut tx, &desk.keys, &desk.hasher, desk.at(), &link.token, new).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = desk.test.database.begin().await.unwrap();
    let late = commands::change_password(&mut tx, desk.at(), &caller, "a hash of the thief's").await;
    assert!(matches!(late, Err(AccountsError::NoSession)));
}

async fn resume(desk: &Desk, note: &Secret<String>) -> Result<(), AccountsError> {
    let mut connection = desk.test.database.acquire().await.unwrap();
    commands::resume_login(&mut connection, &desk.keys, desk.clock.now(), note.expose()).await.map(drop)
}

#[tokio::test]
async fn it_is_void_when_the_password_was_changed_since() {
    let desk = Desk::open().await;
    let ana = desk.ana().await;
    let pair = desk.sign_in(&ana).await;
    let login = Login { email: ana.email.clone(), password: Secret::new(PASSWORD.to_owned()) };
    let proven = commands::check_password(&desk.test.database, &desk.keys, &desk.hasher, desk.at(), login, "192.0.2.1")
        .await
        .unwrap();
    let note = proven.seal(&desk.keys);
    resume(&desk, &note).await.unwrap();

    desk.clock.advance(TimeDelta::milliseconds(1));
    let cache = SessionCache::default();
    let now = desk.clock.now();
    let caller = cache.by_access_token(&desk.test.database, &desk.keys, now, &pair.access.text).await.unwrap();
    let mut tx = desk.test.database.begin().await.unwrap();
    commands::change_password(&mut tx, desk.at(), &caller, "a new hash").await.unwrap();
    tx.commit().await.unwrap();
    assert!(matches!(resume(&desk, &note).await, Err(AccountsError::NoSession)));
}
