//! Caches authenticated callers, so that a token's signature is checked and its session read from the database at most once every
//! five seconds.
//!
//! Each server has its own cache. A session that another server revoked is therefore accepted here until its entry is
//! five seconds old; the server that revoked it calls [`SessionCache::forget`] and refuses it at once.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use database::Database;
use kernel::{Instant, SessionId};
use moka::future::Cache;

use crate::queries::{self, api_keys};
use crate::{AccountsError, Caller, Keys, store, tokens};

/// How long an entry is used without looking again, and so the longest time that a revoked session is still accepted.
const FRESH: TimeDelta = TimeDelta::seconds(5);
const SESSIONS_MAX: u64 = 100_000;
/// Expired entries are evicted after this time; longer than [`FRESH`], so that eviction never decides about freshness.
const MEMORY_KEPT: Duration = Duration::from_secs(10);

/// A caller as read from the database at `from`.
#[derive(Debug, Clone)]
struct CachedCaller {
    caller: Arc<Caller>,
    from: Instant,
    /// From then on the entry must be read again.
    until: Instant,
}

/// Callers by the hash of their credential.
#[derive(Debug, Clone)]
pub struct SessionCache {
    /// Access tokens and API keys. They share one map: the hash of one cannot equal the hash of the other.
    by_access_token: Cache<[u8; 32], CachedCaller>,
    by_cookie: Cache<[u8; 32], CachedCaller>,
}

impl Default for SessionCache {
    fn default() -> Self {
        // The cache's own clock only evicts; whether an entry is fresh is decided by the clock that is passed in.
        let cache = || Cache::builder().max_capacity(SESSIONS_MAX).time_to_live(MEMORY_KEPT).build();
        Self { by_access_token: cache(), by_cookie: cache() }
    }
}

impl SessionCache {
    /// The caller of an access token whose session is live and whose epoch is still the person's.
    pub async fn by_access_token(
        &self,
        database: &Database,
        keys: &Keys,
        now: Instant,
        token: &str,
    ) -> Result<Arc<Caller>, AccountsError> {
        let hash = tokens::opaque_hash(token);
        if let Some(cached) = self.by_access_token.get(&hash).await.filter(|cached| cached.is_fresh(now)) {
            return Ok(cached.caller);
        }
        // Requests that miss at the same time each read for themselves; the last one to finish keeps its entry. All of them
        // have read the database, so no entry is older than its own request.
        let claims = tokens::verify_any(keys, now, token)?;
        let found = queries::caller_by_session(&mut *database.acquire().await?, SessionId(claims.sid), now).await?;
        let (caller, epoch) = found.ok_or(AccountsError::NoSession)?;
        if epoch != claims.ver || caller.id.0 != claims.sub {
            return Err(AccountsError::NoSession);
        }
        let caller = Arc::new(caller);
        // A token that expires sooner must not be accepted from the cache after its end.
        let cached = CachedCaller { until: claims.refused_from().min(now + FRESH), ..CachedCaller::new(&caller, now) };
        self.by_access_token.insert(hash, cached).await;
        Ok(caller)
    }

    /// The caller of a browser's cookie. Reading it also extends the session, so that happens at most every five seconds.
    pub async fn by_cookie(
        &self,
        database: &Database,
        now: Instant,
        cookie: &str,
    ) -> Result<Arc<Caller>, AccountsError> {
        let hash = tokens::opaque_hash(cookie);
        if let Some(cached) = self.by_cookie.get(&hash).await.filter(|cached| cached.is_fresh(now)) {
            return Ok(cached.caller);
        }
        let mut connection = database.acquire().await?;
        let found = store::visits::visit_session(&mut connection, &hash, now).await?;
        let caller = Arc::new(found.ok_or(AccountsError::NoSession)?);
        self.by_cookie.insert(hash, CachedCaller::new(&caller, now)).await;
        Ok(caller)
    }

    /// The caller of an API key that is neither revoked nor expired.
    pub async fn by_api_key(&self, database: &Database, now: Instant, key: &str) -> Result<Arc<Caller>, AccountsError> {
        let hash = tokens::opaque_hash(key);
        if let Some(cached) = self.by_access_token.get(&hash).await.filter(|cached| cached.is_fresh(now)) {
            return Ok(cached.caller);
        }
        let mut connection = database.acquire().await?;
        let found = api_keys::caller(&mut connection, &hash, now).await?.ok_or(AccountsError::NoSession)?;
        store::api_keys::note_use(&mut connection, found.id, now).await?;
        let caller = Arc::new(found.caller);
        let cached = CachedCaller { until: found.expires_at.min(now + FRESH), ..CachedCaller::new(&caller, now) };
        self.by_access_token.insert(hash, cached).await;
        Ok(caller)
    }

    /// Frees the memory of evicted entries.
    pub async fn tidy(&self) {
        self.by_access_token.run_pending_tasks().await;
        self.by_cookie.run_pending_tasks().await;
    }

    /// Drops every entry, after a commit that ended sessions or changed a person, so that this server sees the change at once.
    ///
    /// A request that read the database before that commit may still insert its entry afterwards. Such an entry lives for
    /// five seconds, as entries on other servers do.
    pub fn forget(&self) {
        self.by_access_token.invalidate_all();
        self.by_cookie.invalidate_all();
    }
}

impl CachedCaller {
    fn new(caller: &Arc<Caller>, now: Instant) -> Self {
        Self { caller: Arc::clone(caller), from: now, until: now + FRESH }
    }

    fn is_fresh(&self, now: Instant) -> bool {
        self.from <= now && now < self.until
    }
}
