//! Rotation of refresh tokens: the owner stays signed in, a thief does not.

use accounts::commands::{Refreshed, TokenPair, refresh};
use accounts::{AccountsError, SessionCache, tokens};
use chrono::TimeDelta;
use futures::future::join_all;
use kernel::Secret;

use crate::support::AccountsFixture;

async fn turn(fixture: &AccountsFixture, token: &Secret<String>) -> Result<Refreshed, AccountsError> {
    let mut tx = fixture.test.database.begin().await.unwrap();
    let refreshed = refresh(&mut tx, &fixture.keys, fixture.at(), token).await?;
    tx.commit().await.unwrap();
    Ok(refreshed)
}

async fn next(fixture: &AccountsFixture, token: &Secret<String>) -> TokenPair {
    match turn(fixture, token).await.unwrap() {
        Refreshed::Pair { pair, .. } => pair,
        Refreshed::Stolen { .. } => panic!("the token was taken for stolen"),
    }
}

#[tokio::test]
async fn a_lost_answer_does_not_lock_the_owner_out() {
    let fixture = AccountsFixture::open().await;
    let first = fixture.sign_in(&fixture.ana().await).await;
    let lost = next(&fixture, &first.refresh).await;
    let again = next(&fixture, &first.refresh).await;
    // Somebody uses the token of the lost response after all: the session ends for everybody.
    assert!(matches!(turn(&fixture, &lost.refresh).await.unwrap(), Refreshed::Stolen { .. }));
    assert!(matches!(turn(&fixture, &again.refresh).await, Err(AccountsError::RefreshSpent)));
}

#[tokio::test]
async fn a_token_used_after_its_successor_ends_the_session() {
    let fixture = AccountsFixture::open().await;
    let first = fixture.sign_in(&fixture.ana().await).await;
    let second = next(&fixture, &first.refresh).await;
    let third = next(&fixture, &second.refresh).await;
    assert!(matches!(turn(&fixture, &first.refresh).await.unwrap(), Refreshed::Stolen { .. }));
    assert!(matches!(turn(&fixture, &third.refresh).await, Err(AccountsError::RefreshSpent)));
    let cache = SessionCache::default();
    let access =
        cache.by_access_token(&fixture.test.database, &fixture.keys, fixture.at().now, &third.access.text).await;
    assert!(matches!(access, Err(AccountsError::NoSession)), "the access token died with its session");
}

#[tokio::test]
async fn twenty_uses_at_once_leave_one_live_chain() {
    let fixture = AccountsFixture::open().await;
    let first = fixture.sign_in(&fixture.ana().await).await;
    let turns = join_all((0..20).map(|_| turn(&fixture, &first.refresh))).await;
    let pairs: Vec<TokenPair> = turns
        .into_iter()
        .map(|turned| match turned.unwrap() {
            Refreshed::Pair { pair, .. } => pair,
            Refreshed::Stolen { .. } => panic!("nobody used a successor"),
        })
        .collect();
    let live: Vec<Vec<u8>> =
        sqlx::query_scalar("SELECT token_hash FROM refresh_tokens WHERE used_at IS NULL AND revoked_at IS NULL")
            .fetch_all(fixture.test.database.pool())
            .await
            .unwrap();
    assert_eq!(live.len(), 1, "one token is left to go on with");
    let is_live = |pair: &&TokenPair| tokens::opaque_hash(pair.refresh.expose()).as_slice() == live[0];
    let pair = pairs.iter().find(is_live).expect("it is in one of the answers");
    next(&fixture, &pair.refresh).await;
}

/// As in Keycloak's issue 51312, where new tokens outlive the end of their session.
#[tokio::test]
async fn a_session_that_ends_while_its_token_is_used_leaves_no_live_token() {
    let fixture = AccountsFixture::open().await;
    let ana = fixture.ana().await;
    for _ in 0..20 {
        let first = fixture.sign_in(&ana).await;
        let end = async {
            let mut tx = fixture.test.database.begin().await.unwrap();
            sqlx::query("UPDATE sessions SET revoked_at = $1, revoke_reason = 'logout' WHERE revoked_at IS NULL")
                .bind(fixture.at().now)
                .execute(&mut *tx)
                .await
                .unwrap();
            tx.commit().await.unwrap();
        };
        let (turned, ()) = tokio::join!(turn(&fixture, &first.refresh), end);
        if let Ok(Refreshed::Pair { pair, .. }) = turned {
            assert!(matches!(turn(&fixture, &pair.refresh).await, Err(AccountsError::RefreshSpent)));
        }
    }
}

#[tokio::test]
async fn a_used_token_is_taken_once_more_for_a_minute() {
    let fixture = AccountsFixture::open().await;
    let first = fixture.sign_in(&fixture.ana().await).await;
    next(&fixture, &first.refresh).await;
    fixture.clock.advance(TimeDelta::seconds(60));
    let second = next(&fixture, &first.refresh).await;
    // The minute begins with the first use.
    fixture.clock.advance(TimeDelta::seconds(1));
    assert!(matches!(turn(&fixture, &first.refresh).await.unwrap(), Refreshed::Stolen { .. }));
    assert!(matches!(turn(&fixture, &second.refresh).await, Err(AccountsError::RefreshSpent)), "the session is over");
}

#[tokio::test]
async fn an_unknown_token_says_nothing() {
    let fixture = AccountsFixture::open().await;
    assert!(matches!(turn(&fixture, &Secret::new("no-such-token".to_owned())).await, Err(AccountsError::RefreshSpent)));
}
