//! Limits how often a person and a network may call. Reading and writing are counted in this process; log-in, registration and recovery in
//! the database, for all servers together.

use std::num::NonZeroU32;
use std::time::Duration;

use access::{Budget, GivenBack, NetworkWidth, Rate};
use accounts::throttle::{Bucket, ThrottleOutcome};
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use http::StatusCode;
use kernel::{FaultKind, PersonId};

use crate::networks::Network;
use crate::{Answer, ClientAddress, Problem, Site};

/// Whose budget a call is counted against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum ThrottleKey {
    Person(PersonId),
    Network(Network),
}

/// Who calls: a person, if somebody is signed in, at an address.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CallSource {
    pub person: Option<PersonId>,
    pub address: ClientAddress,
}

/// The budgets that callers have left, as this process counts them.
#[derive(Debug)]
pub struct Throttle {
    clock: DefaultClock,
    read: Limiters,
    search: Limiters,
    write: Limiters,
    factor: u32,
}

/// The budgets of one rate, for each share that a key can have.
#[derive(Debug)]
struct Limiters(Vec<(u32, DefaultKeyedRateLimiter<ThrottleKey>)>);

impl Throttle {
    /// The budgets of the registry, `factor` times as large: 1 in production, more for a load test.
    pub fn new(factor: u32) -> Self {
        let limiters = |rate| Limiters::new(rate, factor);
        Self {
            clock: DefaultClock::default(),
            read: limiters(Rate::Read),
            search: limiters(Rate::Search),
            write: limiters(Rate::Write),
            factor,
        }
    }

    /// Counts one call, and refuses it when a budget is spent.
    pub(crate) async fn count(&self, site: &Site, rate: Rate, who: CallSource) -> Answer<()> {
        let Some(budget) = rate.budget() else { return Ok(()) };
        let limiters = match rate {
            Rate::Read => &self.read,
            Rate::Search => &self.search,
            Rate::Write => &self.write,
            // Boxed: rare, and a large future.
            Rate::None | Rate::Login | Rate::GiftCode | Rate::Register | Rate::Recovery => {
                return Box::pin(self.count_shared(site, rate, budget, who)).await;
            }
        };
        for key in who.keys(rate) {
            limiters
                .of(key)
                .check_key(&key)
                .map_err(|early| self.too_many(budget.times(key.share()), early.wait_time_from(self.clock.now())))?;
        }
        Ok(())
    }

    /// Returns the tokens once the answer shows that the call should not count: a successful
    /// log-in was not a guess, and a form with invalid fields made no account and sent no mail.
    /// A replayed answer counts, or it could be had without end.
    pub(crate) async fn reconsider(
        &self,
        site: &Site,
        rate: Rate,
        who: CallSource,
        status: StatusCode,
        is_replay: bool,
    ) -> Answer<()> {
        let gives_back = match rate.gives_back() {
            GivenBack::Successes => !is_replay && !status.is_client_error() && !status.is_server_error(),
            GivenBack::Refusals => status.is_client_error(),
            GivenBack::Nothing => false,
        };
        let Some(budget) = rate.budget().filter(|_| gives_back) else { return Ok(()) };
        let mut connection = site.database.acquire().await?;
        Ok(accounts::throttle::give_back(&mut connection, &self.buckets(rate, budget, who)).await?)
    }

    async fn count_shared(&self, site: &Site, rate: Rate, budget: Budget, who: CallSource) -> Answer<()> {
        let buckets = self.buckets(rate, budget, who);
        let mut connection = site.database.acquire().await?;
        match accounts::throttle::take(&mut connection, &buckets, site.clock.now()).await? {
            ThrottleOutcome::Allowed => Ok(()),
            ThrottleOutcome::Empty { place, wait_s } => {
                let share = who.keys(rate).nth(place).map_or(1, ThrottleKey::share);
                Err(self.too_many(budget.times(share), Duration::from_secs_f64(wait_s)))
            }
        }
    }

    fn buckets(&self, rate: Rate, budget: Budget, who: CallSource) -> Vec<Bucket> {
        let bucket = |key: ThrottleKey| {
            let capacity = f64::from(budget.calls) * f64::from(key.share()) * f64::from(self.factor);
            Bucket { key: key.stored(budget), capacity, refill_per_s: capacity / f64::from(budget.window_s) }
        };
        who.keys(rate).map(bucket).collect()
    }

    fn too_many(&self, budget: Budget, wait: Duration) -> Problem {
        let seconds = wait.as_secs() + 1;
        Problem::new(
            FaultKind::TooMany,
            "too_many_requests",
            format!("That was too often. Wait {seconds} s and try again."),
        )
        .with_retry_after(seconds)
        .with_spent(budget.times(self.factor))
    }

    /// Frees the memory of callers who have been idle.
    pub fn tidy(&self) {
        for Limiters(limiters) in [&self.read, &self.search, &self.write] {
            for (_, limiter) in limiters {
                limiter.retain_recent();
                limiter.shrink_to_fit();
            }
        }
    }
}

impl Limiters {
    fn new(rate: Rate, factor: u32) -> Self {
        let mut shares: Vec<u32> = NetworkWidth::V4.iter().chain(&NetworkWidth::V6).map(|width| width.share).collect();
        shares.sort_unstable();
        shares.dedup();
        let limiter = |share| {
            let calls = rate.budget().map_or(u32::MAX, |budget| budget.times(share).times(factor).calls);
            (share, RateLimiter::keyed(Quota::per_minute(NonZeroU32::MIN.saturating_add(calls - 1))))
        };
        Self(shares.into_iter().map(limiter).collect())
    }

    fn of(&self, key: ThrottleKey) -> &DefaultKeyedRateLimiter<ThrottleKey> {
        let share = key.share();
        let limiter = self.0.iter().find(|(one, _)| *one == share);
        &limiter.expect("every width of networks has its limiter").1
    }
}

impl CallSource {
    /// Whose budgets count, those that few share first.
    fn keys(self, rate: Rate) -> impl Iterator<Item = ThrottleKey> {
        let counts_network = self.person.is_none() || rate.counts_networks_always();
        let networks = counts_network.then(|| Network::around(self.address).map(ThrottleKey::Network));
        self.person.map(ThrottleKey::Person).into_iter().chain(networks.into_iter().flatten())
    }
}

impl ThrottleKey {
    /// How many times the budget of one person it has.
    const fn share(self) -> u32 {
        match self {
            Self::Person(_) => 1,
            Self::Network(network) => network.share(),
        }
    }

    /// Its name in the database.
    fn stored(self, budget: Budget) -> String {
        match self {
            Self::Person(id) => format!("{}/{id}", budget.name),
            Self::Network(network) => format!("{}/{network}", budget.name),
        }
    }
}
