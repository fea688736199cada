//! The services of one installation, wired once at the start.

use std::sync::Arc;

use accounts::commands::{Circumstances, Passwords};
use accounts::{BreachedPasswords, Hasher, Keys, SessionCache};
use database::Database;
use database::group_commit::GroupCommits;
use feeds::{AddressKeys, FeedReader};
use kernel::chance::SharedChance;
use kernel::clock::SharedClock;
use kernel::secret::HashKeys;
use mailer::Mailer;
use overviews::offers::Offers;

use crate::{ClockHealth, MissedCodes, PaymentProviders, RunningCalls, Settings};

/// The services, as every handler holds them.
pub type Site = Arc<Services>;

/// What [`Services::new`] takes.
pub struct ServiceParts {
    pub database: Database,
    pub clock: SharedClock,
    pub chance: SharedChance,
    pub keys: Keys,
    pub hasher: Hasher,
    /// The operator's list of passwords that were found in breaches.
    pub breached: Option<BreachedPasswords>,
    pub settings: Settings,
    pub mailer: Arc<dyn Mailer>,
    pub providers: PaymentProviders,
    pub feeds: Arc<dyn FeedReader>,
    /// The keys for the addresses of external calendars.
    pub address_keys: AddressKeys,
    /// The keys for the codes of gift cards.
    pub gift_codes: HashKeys,
}

/// The services of one installation. Only workflows use the gateways.
pub struct Services {
    pub database: Database,
    pub clock: SharedClock,
    pub chance: SharedChance,
    pub keys: Keys,
    pub hasher: Hasher,
    pub breached: Option<BreachedPasswords>,
    pub sessions: SessionCache,
    pub settings: Settings,
    pub mailer: Arc<dyn Mailer>,
    pub providers: PaymentProviders,
    pub feeds: Arc<dyn FeedReader>,
    /// The keys for the addresses of external calendars.
    pub address_keys: AddressKeys,
    /// The keys for the codes of gift cards.
    pub gift_codes: HashKeys,
    pub missed_codes: MissedCodes,
    pub offers: Offers,
    /// The group commits of workflows that write several calls together.
    pub group_commits: GroupCommits,
    /// The calls with a key that run right now.
    pub running_calls: RunningCalls,
    pub clock_health: ClockHealth,
}

impl Services {
    /// Makes the services, with empty caches.
    pub fn new(parts: ServiceParts) -> Self {
        Self {
            database: parts.database,
            clock: parts.clock,
            chance: parts.chance,
            keys: parts.keys,
            hasher: parts.hasher,
            breached: parts.breached,
            sessions: SessionCache::default(),
            settings: parts.settings,
            mailer: parts.mailer,
            providers: parts.providers,
            feeds: parts.feeds,
            address_keys: parts.address_keys,
            gift_codes: parts.gift_codes,
            missed_codes: MissedCodes::default(),
            offers: Offers::default(),
            group_commits: GroupCommits::default(),
            running_calls: RunningCalls::default(),
            clock_health: ClockHealth::default(),
        }
    }

    /// Frees the memory of expired cache entries and of finished password hashes.
    pub async fn tidy(&self) {
        self.hasher.tidy();
        self.sessions.tidy().await;
        self.offers.tidy().await;
    }

    /// The current time and the site's source of randomness.
    pub fn circumstances(&self) -> Circumstances<'_> {
        Circumstances { now: self.clock.now(), chance: &*self.chance }
    }

    /// What passwords are hashed and checked with.
    pub fn passwords(&self) -> Passwords<'_> {
        Passwords { keys: &self.keys, hasher: &self.hasher, breached: self.breached.as_ref() }
    }
}

impl std::fmt::Debug for Services {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Services").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// The tracing span of a call to a provider or another service.
pub fn outside(name: &'static str) -> tracing::Span {
    tracing::info_span!(target: "trace", "outside", otel.name = name, otel.kind = "client")
}
