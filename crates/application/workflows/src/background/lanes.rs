//! The lanes of jobs: jobs that are slow for different reasons do not wait for each other.

use std::time::Duration;

use jobs::Lane;

/// The polling interval of lanes whose jobs somebody waits for.
const SOON: Duration = Duration::from_millis(200);
/// The polling interval of the others.
const UNHURRIED: Duration = Duration::from_secs(1);

/// Sends mails.
pub(crate) const MAIL: Lane = Lane { name: "mail", at_once: 8, idle: SOON };
/// Pays refunds at the provider.
pub(crate) const MONEY: Lane = Lane { name: "money", at_once: 8, idle: SOON };
/// Asks the provider for the results of payments.
pub(crate) const LOOK_UPS: Lane = Lane { name: "look_ups", at_once: 8, idle: SOON };
/// Reads external calendars, from servers that are not ours.
pub(crate) const EXTERNAL_CALENDARS: Lane = Lane { name: "external_calendars", at_once: 8, idle: UNHURRIED };
/// Jobs that use only our own database.
pub(crate) const INTERNAL: Lane = Lane { name: "internal", at_once: 4, idle: SOON };
