//! Callers looked up a moment ago: a token's signature is checked, and its session's liveness read from the database, at most
//! every five seconds.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use database::Database;
use kernel::{Instant, SessionId};
use moka::future::Cache;

use crate::life::SessionLife;
use crate::queries::{self, api_keys};
use crate::{AccountsError, Caller, Keys, store, tokens};

/// What was revoked is refused after this time at the latest.
const FRESH: TimeDelta = TimeDelta::seconds(5);
const SESSIONS_MAX: u64 = 100_000;
/// Memory of what faded is given back after this time at the earliest.
const MEMORY_KEPT: Duration = Duration::from_secs(10);

/// A caller as they were when we looked.
#[derive(Debug, Clone)]
struct Seen {
    caller: Arc<Caller>,
    from: Instant,
    /// Then we have to look again.
    until: Instant,
}

/// Callers by the hash of what they show.
#[derive(Debug, Clone)]
pub struct SessionCache {
    /// Access tokens and API keys.
    by_access_token: Cache<[u8; 32], Seen>,
    by_cookie: Cache<[u8; 32], Seen>,
}

impl Default for SessionCache {
    fn default() -> Self {
        // The cache's own clock only frees memory; freshness goes by the clock that is passed in.
        let cache = || Cache::builder().max_capacity(SESSIONS_MAX).time_to_live(MEMORY_KEPT).build();
        Self { by_access_token: cache(), by_cookie: cache() }
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
        let hash = tokens::opaque_hash(token);
        if let Some(seen) = self.by_access_token.get(&hash).await.filter(|seen| seen.is_fresh(now)) {
            return Ok(seen.caller);
        }
        let claims = tokens::verify(keys, now, token)?;
        let found = queries::caller_by_session(&mut *database.acquire().await?, SessionId(claims.sid), now).await?;
        let (caller, epoch) = found.ok_or(AccountsError::NoSession)?;
        if epoch != claims.ver || caller.id.0 != claims.sub {
            return Err(AccountsError::NoSession);
        }
        let caller = Arc::new(caller);
        let seen = Seen { until: claims.refused_from().min(now + FRESH), ..Seen::new(&caller, now) };
        self.by_access_token.insert(hash, seen).await;
        Ok(caller)
    }

    /// The caller behind a browser's cookie.
    pub async fn by_cookie(
        &self,
        database: &Database,
        now: Instant,
        cookie: &str,
    ) -> Result<Arc<Caller>, AccountsError> {
        let hash = tokens::opaque_hash(cookie);
        if let Some(seen) = self.by_cookie.get(&hash).await.filter(|seen| seen.is_fresh(now)) {
            return Ok(seen.caller);
        }
        let mut connection = database.acquire().await?;
        let found = queries::caller_by_cookie(&mut connection, &hash, now).await?;
        let caller = found.ok_or(AccountsError::NoSession)?;
        store::visit_session(&mut connection, caller.session()?, now, SessionLife::of(&caller.roles)).await?;
        let caller = Arc::new(caller);
        self.by_cookie.insert(hash, Seen::new(&caller, now)).await;
        Ok(caller)
    }

    /// The caller behind an API key that lives.
    pub async fn by_api_key(&self, database: &Database, now: Instant, key: &str) -> Result<Arc<Caller>, AccountsError> {
        let hash = tokens::opaque_hash(key);
        if let Some(seen) = self.by_access_token.get(&hash).await.filter(|seen| seen.is_fresh(now)) {
            return Ok(seen.caller);
        }
        let mut connection = database.acquire().await?;
        let found = api_keys::caller(&mut connection, &hash, now).await?.ok_or(AccountsError::NoSession)?;
        store::api_keys::note_use(&mut connection, found.id, now).await?;
        let caller = Arc::new(found.caller);
        let seen = Seen { until: found.expires_at.min(now + FRESH), ..Seen::new(&caller, now) };
        self.by_access_token.insert(hash, seen).await;
        Ok(caller)
    }

    /// Gives back the memory of what has faded.
    pub async fn tidy(&self) {
        self.by_access_token.run_pending_tasks().await;
        self.by_cookie.run_pending_tasks().await;
    }

    /// Forgets everything, so that this node at once sees what it has just changed.
    pub fn forget(&self) {
        self.by_access_token.invalidate_all();
        self.by_cookie.invalidate_all();
    }
}

impl Seen {
    fn new(caller: &Arc<Caller>, now: Instant) -> Self {
        Self { caller: Arc::clone(caller), from: now, until: now + FRESH }
    }

    fn is_fresh(&self, now: Instant) -> bool {
        self.from <= now && now < self.until
    }
}
