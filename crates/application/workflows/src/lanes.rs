//! The lanes of jobs: jobs that are slow for different reasons do not wait for each other.

use std::time::Duration;

use jobs::Lane;

/// The polling interval of lanes whose jobs somebody waits for.
const SOON: Duration = Duration::from_millis(200);
/// The polling interval of the others.
const UNHURRIED: Duration = Duration::from_secs(1);

/// Sends mails.
pub(crate) const MAIL: Lane = Lane { name: "mail", at_once: 8, idle: SOON, may_take_reserve: false };
/// Pays refunds at the provider. What is owed to customers waits for no free connection.
pub(crate) const MONEY: Lane = Lane { name: "money", at_once: 8, idle: SOON, may_take_reserve: true };
/// Pays refunds that go back to gift cards and credit, in our own books: they wait for no provider.
pub(crate) const OWN_MONEY: Lane = Lane { name: "own_money", at_once: 4, idle: SOON, may_take_reserve: true };
/// Asks the provider for the results of payments.
pub(crate) const LOOK_UPS: Lane = Lane { name: "look_ups", at_once: 8, idle: SOON, may_take_reserve: false };
/// Reads external calendars, from servers that are not ours.
pub(crate) const EXTERNAL_CALENDARS: Lane =
    Lane { name: "external_calendars", at_once: 8, idle: UNHURRIED, may_take_reserve: false };
/// Jobs that use only our own database and that somebody waits for: writing mails, issuing cards.
pub(crate) const INTERNAL: Lane = Lane { name: "internal", at_once: 4, idle: SOON, may_take_reserve: false };
/// Recomputes and cleans up in our own database. In a lane of its own, because after an hour without a server ten thousand of these may be
/// due at once.
pub(crate) const UPKEEP: Lane = Lane { name: "upkeep", at_once: 4, idle: SOON, may_take_reserve: false };
