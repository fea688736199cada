//! Callers looked up a moment ago: a session's liveness is read from the database at most every five seconds.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use database::Database;
use kernel::{Instant, SessionId};
use moka::future::Cache;

use crate::{AccountsError, Caller, Keys, Via, queries, store, tokens};

/// What was revoked is refused after this time at the latest.
const FRESH_S: i64 = 5;
const SESSIONS_MAX: u64 = 100_000;

/// A caller as they were when we looked.
#[derive(Debug, Clone)]
struct Seen {
    caller: Arc<Caller>,
    epoch: i32,
    at: Instant,
}

/// Callers by session, and sessions by cookie.
#[derive(Debug, Clone)]
pub struct SessionCache {
    by_session: Cache<SessionId, Seen>,
    by_cookie: Cache<[u8; 32], Seen>,
}

impl Default for SessionCache {
    fn default() -> Self {
        // The cache's own clock only frees memory; freshness goes by the clock that is passed in.
        fn cache<Key: std::hash::Hash + Eq + Send + Sync + 'static>() -> Cache<Key, Seen> {
            Cache::builder().max_capacity(SESSIONS_MAX).time_to_live(Duration::from_secs(60)).build()
        }
        Self { by_session: cache(), by_cookie: cache() }
    }
}

impl SessionCache {
    /// The caller behind an access token whose session lives and whose epoch is the person's.
    pub async fn by_access_token(
        &self,
        database: &Database,
        keys: &Keys,
        now: Instant,
        token: &str,
    ) -> Result<Arc<Caller>, AccountsError> {
        let claims = tokens::verify(keys, now, token)?;
        let session = SessionId(claims.sid);
        let seen = match self.by_session.get(&session).await.filter(|seen| is_fresh(seen, now)) {
            Some(seen) => seen,
            None => {
                let found = queries::caller_by_session(&mut *database.acquire().await?, session, now).await?;
                let (caller, epoch) = found.ok_or(AccountsError::NoSession)?;
                let seen = Seen { caller: Arc::new(Caller { via: Via::Bearer, ..caller }), epoch, at: now };
                self.by_session.insert(session, seen.clone()).await;
                seen
            }
        };
        if seen.epoch != claims.ver || seen.caller.id.0 != claims.sub {
            return Err(AccountsError::NoSession);
        }
        Ok(seen.caller)
    }

    /// The caller behind a browser's cookie.
    pub async fn by_cookie(
        &self,
        database: &Database,
        now: Instant,
        cookie: &str,
    ) -> Result<Arc<Caller>, AccountsError> {
        let hash = tokens::opaque_hash(cookie);
        if let Some(seen) = self.by_cookie.get(&hash).await.filter(|seen| is_fresh(seen, now)) {
            return Ok(seen.caller);
        }
        let mut connection = database.acquire().await?;
        let found = queries::caller_by_cookie(&mut connection, &hash, now).await?;
        let (caller, epoch) = found.ok_or(AccountsError::NoSession)?;
        store::touch_session(&mut connection, caller.session_id, now).await?;
        let caller = Arc::new(Caller { via: Via::Cookie, ..caller });
        self.by_cookie.insert(hash, Seen { caller: caller.clone(), epoch, at: now }).await;
        Ok(caller)
    }

    /// Forgets everything, so that this node at once sees what it has just changed.
    pub fn forget(&self) {
        self.by_session.invalidate_all();
        self.by_cookie.invalidate_all();
    }
}

fn is_fresh(seen: &Seen, now: Instant) -> bool {
    now - seen.at < TimeDelta::seconds(FRESH_S) && now >= seen.at
}
