//! One try at a password or a code: where it comes from, whether it is looked at, and how it is counted.

use database::Connection;
use kernel::{Instant, SessionId};

use crate::guessing::{GuessTally, GuessVerdict};
use crate::queries::{self, Person};
use crate::store::guesses;
use crate::throttle::{self, Bucket, ThrottleOutcome};
use crate::{AccountsError, Keys, device};

/// Tries a minute of a known device on a network that has none left.
const DEVICE_TRIES: f64 = 3.0;

/// What a request shows of its device and network.
#[derive(Debug, Clone, Copy)]
pub struct Presented<'request> {
    /// As the owner sees it in the list of sessions.
    pub user_agent: &'request str,
    pub ip_prefix: &'request str,
    /// What the browser kept from an earlier log-in: [`super::BrowserSession::device`].
    pub device: Option<&'request str>,
    /// Whether the network has no tries left, so that only a device that the owner has signed in from may go on.
    pub network_is_spent: bool,
}

/// A try at the secret of an account.
pub(super) struct Guess {
    /// The keyed hash under which failures are counted.
    account: [u8; 32],
    source: String,
    /// Whether the owner has signed in from there before.
    is_known: bool,
    tally: GuessTally,
}

/// Where a try comes from that is made after the log-in.
#[derive(Debug, Clone, Copy)]
pub enum Inside {
    /// In a session of the owner's.
    Session(SessionId),
    /// Behind a link that was mailed to the owner.
    Link,
}

impl Guess {
    /// Begins a log-in attempt for the address of `person`, or for one that nobody has. Refused if the network's attempts are used up and
    /// the device is unknown.
    pub async fn at_log_in(
        connection: &mut Connection,
        keys: &Keys,
        now: Instant,
        account: [u8; 32],
        person: Option<&Person>,
        shown: Presented<'_>,
    ) -> Result<Self, AccountsError> {
        let device = person.and_then(|person| device::known_id(keys, now, person, shown.device));
        if shown.network_is_spent && device.is_none() {
            return Err(AccountsError::NetworkSpent);
        }
        if let Some(id) = device.filter(|_| shown.network_is_spent) {
            // Failures are read before a password is hashed and written afterwards, so tries that run at the same time do not see each
            // other's. This bucket bounds how many there can be.
            let bucket =
                Bucket { key: format!("login/device/{id}"), capacity: DEVICE_TRIES, refill_per_s: DEVICE_TRIES / 60.0 };
            if throttle::take(&mut *connection, &[bucket], now).await? != ThrottleOutcome::Allowed {
                return Err(AccountsError::NetworkSpent);
            }
        }
        // Asked for unknown addresses too, so that known ones take no longer.
        let knows_network =
            queries::knows_network(&mut *connection, person.map(|person| person.id), shown.ip_prefix).await?;
        let source = device.map_or_else(|| shown.ip_prefix.to_owned(), |id| format!("device/{id}"));
        Self::read(connection, account, source, device.is_some() || knows_network).await
    }

    /// A try that is made after the log-in. Each session has its own count: somebody at an unattended browser is slowed down there, and the
    /// owner is slowed down nowhere else.
    pub async fn inside(connection: &mut Connection, account: [u8; 32], inside: Inside) -> Result<Self, AccountsError> {
        let source = match inside {
            Inside::Session(id) => format!("session/{id}"),
            Inside::Link => "link".to_owned(),
        };
        Self::read(connection, account, source, true).await
    }

    async fn read(
        connection: &mut Connection,
        account: [u8; 32],
        source: String,
        is_known: bool,
    ) -> Result<Self, AccountsError> {
        let tally = guesses::tally(connection, &account, &source).await?;
        Ok(Self { account, source, is_known, tally })
    }

    /// Whether the try is looked at.
    pub fn verdict(&self, now: Instant) -> GuessVerdict {
        self.tally.verdict(self.is_known, now)
    }

    /// Counts a failure.
    pub async fn failed(&self, connection: &mut Connection, now: Instant) -> Result<(), AccountsError> {
        Ok(guesses::count_failure(connection, &self.account, &self.source, self.is_stranger(), now).await?)
    }

    /// Whether a success has something to clear.
    pub fn has_failures(&self) -> bool {
        self.tally.here.is_some() || (self.is_stranger() && self.tally.strangers.is_some())
    }

    /// Clears what a success ends.
    pub async fn succeeded(&self, connection: &mut Connection) -> Result<(), AccountsError> {
        Ok(guesses::clear_failures(connection, &self.account, &self.source, self.is_stranger()).await?)
    }

    fn is_stranger(&self) -> bool {
        !self.tally.is_trusted(self.is_known)
    }
}
