//! Limits how often one caller may call. Reading and writing are counted in this process; log-in, registration and recovery in the
//! database, for all servers together.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use access::{Budget, Rate};
use accounts::throttle::ThrottleOutcome;
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use http::StatusCode;
use kernel::{FaultKind, PersonId};

use crate::{Answer, ClientAddress, Problem, Site};

/// Whose budget a call is counted against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ThrottleKey {
    Person(PersonId),
    /// Somebody who is not signed in, by their network.
    Network(IpAddr),
}

/// The budgets that callers have left, as this process counts them.
#[derive(Debug)]
pub struct Throttle {
    clock: DefaultClock,
    read: DefaultKeyedRateLimiter<ThrottleKey>,
    search: DefaultKeyedRateLimiter<ThrottleKey>,
    write: DefaultKeyedRateLimiter<ThrottleKey>,
    factor: u32,
}

impl Throttle {
    /// The budgets of the registry, `factor` times as large: 1 in production, more for a load test.
    pub fn new(factor: u32) -> Self {
        let keyed = |rate: Rate| {
            let calls = rate.budget().map_or(u32::MAX, |budget| budget.calls.saturating_mul(factor));
            RateLimiter::keyed(Quota::per_minute(NonZeroU32::MIN.saturating_add(calls - 1)))
        };
        let clock = DefaultClock::default();
        Self { clock, read: keyed(Rate::Read), search: keyed(Rate::Search), write: keyed(Rate::Write), factor }
    }

    /// Counts one call of `who`, and refuses it when the budget is spent.
    pub async fn count(&self, site: &Site, rate: Rate, who: ThrottleKey) -> Answer<()> {
        let Some(budget) = rate.budget() else { return Ok(()) };
        let limiter = match rate {
            Rate::Read => &self.read,
            Rate::Search => &self.search,
            Rate::Write => &self.write,
            // Boxed: rare, and a large future.
            Rate::None | Rate::Login | Rate::Register | Rate::Recovery => {
                return Box::pin(self.count_shared(site, budget, who)).await;
            }
        };
        limiter.check_key(&who).map_err(|early| self.too_many(budget, early.wait_time_from(self.clock.now())))
    }

    /// Returns a token once the answer shows that the call should not count: a successful
    /// log-in was not a guess, and a form with invalid fields made no account and sent no mail.
    pub async fn reconsider(&self, site: &Site, rate: Rate, who: ThrottleKey, status: StatusCode) -> Answer<()> {
        let gives_back = match rate {
            Rate::Login => !status.is_client_error() && !status.is_server_error(),
            Rate::Register | Rate::Recovery => status.is_client_error(),
            _ => false,
        };
        let Some(budget) = rate.budget().filter(|_| gives_back) else { return Ok(()) };
        let mut connection = site.database.acquire().await?;
        Ok(accounts::throttle::give_back(&mut connection, &key(budget, who), self.calls(budget)).await?)
    }

    async fn count_shared(&self, site: &Site, budget: Budget, who: ThrottleKey) -> Answer<()> {
        let calls = self.calls(budget);
        let refill_per_s = calls / f64::from(budget.window_s);
        let mut connection = site.database.acquire().await?;
        match accounts::throttle::take(&mut connection, &key(budget, who), calls, refill_per_s, site.clock.now())
            .await?
        {
            ThrottleOutcome::Allowed => Ok(()),
            ThrottleOutcome::WaitSeconds(seconds) => Err(self.too_many(budget, Duration::from_secs_f64(seconds))),
        }
    }

    fn calls(&self, budget: Budget) -> f64 {
        f64::from(budget.calls) * f64::from(self.factor)
    }

    fn too_many(&self, budget: Budget, wait: Duration) -> Problem {
        let seconds = wait.as_secs() + 1;
        let budget = Budget { calls: budget.calls.saturating_mul(self.factor), ..budget };
        Problem::new(
            FaultKind::TooMany,
            "too_many_requests",
            format!("That was too often. Wait {seconds} s and try again."),
        )
        .with_retry_after(seconds)
        .with_spent(budget)
    }

    /// Frees the memory of callers who have been idle.
    pub fn tidy(&self) {
        for limiter in [&self.read, &self.search, &self.write] {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
    }
}

fn key(budget: Budget, who: ThrottleKey) -> String {
    match who {
        ThrottleKey::Person(id) => format!("{}/{id}", budget.name),
        ThrottleKey::Network(first) => format!("{}/{}", budget.name, ClientAddress(first).prefix()),
    }
}
