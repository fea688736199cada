//! Rotation: honest owners stay in, thieves do not.

use accounts::commands::{Refreshed, TokenPair, refresh};
use accounts::{AccountsError, SessionCache};
use futures::future::join_all;
use kernel::Secret;

use crate::support::Desk;

async fn turn(desk: &Desk, token: &Secret<String>) -> Result<Refreshed, AccountsError> {
    let mut tx = desk.test.database.begin().await.unwrap();
    let refreshed = refresh(&mut tx, &desk.keys, desk.at(), token).await?;
    tx.commit().await.unwrap();
    Ok(refreshed)
}

async fn next(desk: &Desk, token: &Secret<String>) -> TokenPair {
    match turn(desk, token).await.unwrap() {
        Refreshed::Pair { pair, .. } => pair,
        Refreshed::Stolen { .. } => panic!("the token was taken for stolen"),
    }
}

#[tokio::test]
async fn a_lost_answer_does_not_lock_the_owner_out() {
    let desk = Desk::open().await;
    let first = desk.sign_in(&desk.ana().await).await;
    let lost = next(&desk, &first.refresh).await;
    let again = next(&desk, &first.refresh).await;
    // The lost answer turns up after all, in other hands: the session ends for everybody.
    assert!(matches!(turn(&desk, &lost.refresh).await.unwrap(), Refreshed::Stolen { .. }));
    assert!(matches!(turn(&desk, &again.refresh).await, Err(AccountsError::RefreshSpent)));
}

#[tokio::test]
async fn a_token_used_after_its_successor_ends_the_session() {
    let desk = Desk::open().await;
    let first = desk.sign_in(&desk.ana().await).await;
    let second = next(&desk, &first.refresh).await;
    let third = next(&desk, &second.refresh).await;
    assert!(matches!(turn(&desk, &first.refresh).await.unwrap(), Refreshed::Stolen { .. }));
    assert!(matches!(turn(&desk, &third.refresh).await, Err(AccountsError::RefreshSpent)));
    let cache = SessionCache::default();
    let access = cache.by_access_token(&desk.test.database, &desk.keys, desk.at().now, &third.access.text).await;
    assert!(matches!(access, Err(AccountsError::NoSession)), "the access token died with its session");
}

#[tokio::test]
async fn twenty_uses_at_once_leave_one_live_chain() {
    let desk = Desk::open().await;
    let first = desk.sign_in(&desk.ana().await).await;
    let turns = join_all((0..20).map(|_| turn(&desk, &first.refresh))).await;
    let pairs: Vec<TokenPair> = turns
        .into_iter()
        .map(|turned| match turned.unwrap() {
            Refreshed::Pair { pair, .. } => pair,
            Refreshed::Stolen { .. } => panic!("nobody used a successor"),
        })
        .collect();
    let mut live = 0;
    for pair in &pairs {
        if let Ok(Refreshed::Pair { .. }) = turn(&desk, &pair.refresh).await {
            live += 1;
        }
    }
    assert!(live <= 1, "{live} chains live");
}

#[tokio::test]
async fn an_unknown_token_says_nothing() {
    let desk = Desk::open().await;
    assert!(matches!(turn(&desk, &Secret::new("no-such-token".to_owned())).await, Err(AccountsError::RefreshSpent)));
}
