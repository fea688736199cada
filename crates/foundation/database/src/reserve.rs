//! A few connections that only payments and refunds may take, when all others are busy.

use std::pin::pin;
use std::time::Duration;

use crate::types::Error;

/// One connection of so many is kept.
const SHARE: u32 = 8;
const CONNECTIONS_MAX: u32 = 2;
/// How long an ordinary connection is waited for before the reserve is touched; most are free sooner.
const PATIENCE: Duration = Duration::from_millis(20);

tokio::task_local! {
    static MAY_TAKE: ();
}

/// Runs `work`, whose statements may take connections of the reserve. Tasks that it spawns may not.
pub async fn with_reserve<T>(work: impl Future<Output = T>) -> T {
    MAY_TAKE.scope((), work).await
}

/// Whether the running task may take from the reserve.
pub(crate) fn may_be_taken() -> bool {
    MAY_TAKE.try_with(|()| ()).is_ok()
}

/// How many of `connections` are kept.
pub(crate) fn share_of(connections: u32) -> u32 {
    (connections / SHARE).min(CONNECTIONS_MAX)
}

/// What `ordinary` gives, or `kept` where that takes long.
pub(crate) async fn either<T>(
    ordinary: impl Future<Output = Result<T, Error>>,
    kept: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    // The ordinary request stays in its queue while the reserve is asked too; dropped, it would lose its place.
    let mut ordinary = pin!(ordinary);
    tokio::select! {
        biased;
        done = ordinary.as_mut() => return done,
        () = tokio::time::sleep(PATIENCE) => {}
    }
    tokio::select! {
        biased;
        done = ordinary.as_mut() => done,
        done = kept => done,
    }
}
