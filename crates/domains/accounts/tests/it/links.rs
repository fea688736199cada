//! Mailed links work once, and only until they expire.

use accounts::AccountsError;
use accounts::commands::{self, Registered};
use chrono::TimeDelta;
use futures::future::join_all;
use kernel::Secret;

use crate::support::AccountsFixture;

async fn verify(fixture: &AccountsFixture, token: &Secret<String>) -> Result<(), AccountsError> {
    let mut tx = fixture.test.database.begin().await.unwrap();
    commands::verify_email(&mut tx, fixture.at(), token).await?;
    tx.commit().await.unwrap();
    Ok(())
}

#[tokio::test]
async fn a_link_works_once_even_when_ten_use_it_at_once() {
    let fixture = AccountsFixture::open().await;
    let Registered::New { person, link, .. } = fixture.register("ana@example.org").await else {
        panic!("the address was free")
    };
    let used = join_all((0..10).map(|_| verify(&fixture, &link.0))).await;
    assert_eq!(used.iter().filter(|used| used.is_ok()).count(), 1);
    assert!(fixture.person(person).await.email_verified);
}

#[tokio::test]
async fn a_link_expires() {
    let fixture = AccountsFixture::open().await;
    let Registered::New { link, .. } = fixture.register("ana@example.org").await else {
        panic!("the address was free")
    };
    fixture.clock.advance(TimeDelta::hours(48));
    assert!(matches!(verify(&fixture, &link.0).await, Err(AccountsError::LinkSpent)));
}

#[tokio::test]
async fn registering_again_leaves_the_account_as_it_is() {
    let fixture = AccountsFixture::open().await;
    let ana = fixture.ana().await;
    let Registered::AddressTaken { person, .. } = fixture.register("ANA@example.org").await else {
        panic!("the address is taken")
    };
    assert_eq!(person, ana.id);
}

#[tokio::test]
async fn a_new_password_ends_every_session() {
    let fixture = AccountsFixture::open().await;
    let ana = fixture.ana().await;
    let pair = fixture.sign_in(&ana).await;
    let mut tx = fixture.test.database.begin().await.unwrap();
    let link = commands::request_password_link(&mut tx, fixture.at(), "ana@example.org").await.unwrap().unwrap();
    let new = Secret::new("a quite different phrase".to_owned());
    commands::reset_password(&mut tx, &fixture.keys, &fixture.hasher, fixture.at(), &link.token, new).await.unwrap();
    tx.commit().await.unwrap();
    let cache = accounts::SessionCache::default();
    let access =
        cache.by_access_token(&fixture.test.database, &fixture.keys, fixture.at().now, &pair.access.text).await;
    assert!(matches!(access, Err(AccountsError::NoSession)));
}

#[tokio::test]
async fn one_link_of_a_kind_is_mailed_in_an_hour() {
    let fixture = AccountsFixture::open().await;
    let ana = fixture.ana().await;
    for (minutes, is_mailed) in [(0, true), (30, false), (29, false), (1, true)] {
        fixture.clock.advance(TimeDelta::minutes(minutes));
        let mut tx = fixture.test.database.begin().await.unwrap();
        let link = commands::request_password_link(&mut tx, fixture.at(), "ana@example.org").await.unwrap();
        let verification = commands::request_verification(&mut tx, fixture.at(), ana.id).await;
        assert_eq!(link.is_some(), is_mailed, "after {minutes} more minutes");
        assert_eq!(verification.is_ok(), is_mailed, "after {minutes} more minutes");
        if is_mailed {
            tx.commit().await.unwrap();
        } else {
            assert!(matches!(verification, Err(AccountsError::MailedLately(1..=1_801))));
            tx.rollback().await.unwrap();
        }
    }
}
