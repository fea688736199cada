//! How often one caller may knock. Reading and writing are counted in this process; what guards a secret, in the database.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use access::Rate;
use accounts::throttle::ThrottleOutcome;
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use http::StatusCode;
use kernel::{FaultKind, PersonId};

use crate::{Answer, ClientAddress, Problem, Site};

/// So many calls at once, given back evenly over so many seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    pub name: &'static str,
    pub calls: u32,
    pub window_s: u32,
}

const READ: Budget = Budget { name: "read", calls: 1_200, window_s: 60 };
const SEARCH: Budget = Budget { name: "search", calls: 300, window_s: 60 };
const WRITE: Budget = Budget { name: "write", calls: 300, window_s: 60 };
const LOGIN: Budget = Budget { name: "login", calls: 3, window_s: 60 };
const REGISTER: Budget = Budget { name: "register", calls: 3, window_s: 3_600 };
const RECOVERY: Budget = Budget { name: "recovery", calls: 3, window_s: 3_600 };

/// Whose budget a call is counted against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Who {
    Person(PersonId),
    /// Somebody who is not signed in, by their network.
    Network(IpAddr),
}

/// The budgets of this process.
#[derive(Debug)]
pub struct Limits {
    clock: DefaultClock,
    read: DefaultKeyedRateLimiter<Who>,
    search: DefaultKeyedRateLimiter<Who>,
    write: DefaultKeyedRateLimiter<Who>,
    factor: u32,
}

impl Limits {
    /// The budgets of the registry, `factor` times as large: 1 in production, more for a load test.
    pub fn new(factor: u32) -> Self {
        let keyed = |budget: Budget| {
            let calls = budget.calls.saturating_mul(factor);
            RateLimiter::keyed(Quota::per_minute(NonZeroU32::MIN.saturating_add(calls - 1)))
        };
        Self { clock: DefaultClock::default(), read: keyed(READ), search: keyed(SEARCH), write: keyed(WRITE), factor }
    }

    /// Counts one call of `who`, and refuses it when the budget is spent.
    pub async fn count(&self, site: &Site, rate: Rate, who: Who) -> Answer<()> {
        let (limiter, budget) = match rate {
            Rate::None => return Ok(()),
            Rate::Read => (&self.read, READ),
            Rate::Search => (&self.search, SEARCH),
            Rate::Write => (&self.write, WRITE),
            // In a box: rare, and large.
            Rate::Login => return Box::pin(self.count_shared(site, LOGIN, who)).await,
            Rate::Register => return Box::pin(self.count_shared(site, REGISTER, who)).await,
            Rate::Recovery => return Box::pin(self.count_shared(site, RECOVERY, who)).await,
        };
        limiter.check_key(&who).map_err(|early| self.too_many(budget, early.wait_time_from(self.clock.now())))
    }

    /// Gives back what need not be counted, now that the answer is known: a log-in that succeeds is nobody who guesses, and a
    /// form with a typing error made no account and sent no mail.
    pub async fn reconsider(&self, site: &Site, rate: Rate, who: Who, status: StatusCode) -> Answer<()> {
        let budget = match rate {
            Rate::Login if !status.is_client_error() && !status.is_server_error() => LOGIN,
            Rate::Register if status.is_client_error() => REGISTER,
            Rate::Recovery if status.is_client_error() => RECOVERY,
            _ => return Ok(()),
        };
        let mut connection = site.database.acquire().await?;
        Ok(accounts::throttle::give_back(&mut connection, &key(budget, who), self.calls(budget)).await?)
    }

    async fn count_shared(&self, site: &Site, budget: Budget, who: Who) -> Answer<()> {
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

    /// Forgets callers who have not knocked for a while.
    pub fn tidy(&self) {
        for limiter in [&self.read, &self.search, &self.write] {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
    }
}

fn key(budget: Budget, who: Who) -> String {
    match who {
        Who::Person(id) => format!("{}/{id}", budget.name),
        Who::Network(first) => format!("{}/{}", budget.name, ClientAddress(first).prefix()),
    }
}
