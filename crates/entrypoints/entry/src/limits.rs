//! How often one caller may knock. Reading and writing are counted in this process; what guards a secret, in the database.

use std::num::NonZeroU32;
use std::time::Duration;

use access::Rate;
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use kernel::FaultKind;

use crate::{Answer, Problem, Site};

/// The budgets of this process.
#[derive(Debug)]
pub struct Limits {
    clock: DefaultClock,
    read: DefaultKeyedRateLimiter<String>,
    search: DefaultKeyedRateLimiter<String>,
    write: DefaultKeyedRateLimiter<String>,
    factor: u32,
}

/// A budget that all nodes share: so many at once, refilled over so many seconds.
struct Shared {
    name: &'static str,
    capacity: u32,
    refill_s: u32,
}

impl Limits {
    /// The budgets of the registry, `factor` times as large: 1 in production, more for a load test.
    pub fn new(factor: u32) -> Self {
        let keyed = |per_minute: u32| {
            RateLimiter::keyed(Quota::per_minute(NonZeroU32::MIN.saturating_add(per_minute.saturating_mul(factor) - 1)))
        };
        Self { clock: DefaultClock::default(), read: keyed(1_200), search: keyed(300), write: keyed(300), factor }
    }

    /// Counts one call of `who`, and refuses it when the budget is spent.
    pub async fn count(&self, site: &Site, rate: Rate, who: String) -> Answer<()> {
        match rate {
            Rate::None => Ok(()),
            Rate::Read => self.count_here(&self.read, &who),
            Rate::Search => self.count_here(&self.search, &who),
            Rate::Write => self.count_here(&self.write, &who),
            Rate::Login => {
                Box::pin(self.count_shared(site, &Shared { name: "login", capacity: 10, refill_s: 60 }, &who)).await
            }
            Rate::Register => {
                Box::pin(self.count_shared(site, &Shared { name: "register", capacity: 3, refill_s: 3_600 }, &who))
                    .await
            }
            Rate::Recovery => {
                Box::pin(self.count_shared(site, &Shared { name: "recovery", capacity: 3, refill_s: 3_600 }, &who))
                    .await
            }
        }
    }

    fn count_here(&self, limiter: &DefaultKeyedRateLimiter<String>, who: &String) -> Answer<()> {
        limiter.check_key(who).map_err(|early| too_many(early.wait_time_from(self.clock.now())))
    }

    async fn count_shared(&self, site: &Site, budget: &Shared, who: &str) -> Answer<()> {
        let capacity = f64::from(budget.capacity) * f64::from(self.factor);
        let refill_per_s = capacity / f64::from(budget.refill_s);
        let key = format!("{}/{who}", budget.name);
        let mut connection = site.database.acquire().await?;
        match accounts::limits::take(&mut connection, &key, capacity, refill_per_s, site.clock.now()).await? {
            accounts::limits::Taken::Yes => Ok(()),
            accounts::limits::Taken::WaitSeconds(seconds) => Err(too_many(Duration::from_secs_f64(seconds))),
        }
    }

    /// Forgets callers who have not knocked for a while.
    pub fn tidy(&self) {
        for limiter in [&self.read, &self.search, &self.write] {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
    }
}

fn too_many(wait: Duration) -> Problem {
    let seconds = wait.as_secs() + 1;
    Problem::new(
        FaultKind::TooMany,
        "too_many_requests",
        format!("That was too often. Wait {seconds} s and try again."),
    )
    .with_retry_after(seconds)
}
