//! The lanes of jobs: what may be slow for different reasons does not wait for each other.

use std::time::Duration;

use jobs::Lane;

/// How soon what people wait for begins.
const SOON: Duration = Duration::from_millis(200);
/// How soon the rest begins.
const UNHURRIED: Duration = Duration::from_secs(1);

/// The mail server.
pub(crate) const MAIL: Lane = Lane { name: "mail", at_once: 8, idle: SOON };
/// Money that is owed to customers, paid at the provider.
pub(crate) const MONEY: Lane = Lane { name: "money", at_once: 8, idle: SOON };
/// Questions to the provider about payments that have no answer yet.
pub(crate) const LOOK_UPS: Lane = Lane { name: "look_ups", at_once: 8, idle: SOON };
/// Calendars of strangers, who are not asked in a hurry.
pub(crate) const STRANGERS: Lane = Lane { name: "strangers", at_once: 8, idle: UNHURRIED };
/// Our own tables only.
pub(crate) const INTERNAL: Lane = Lane { name: "internal", at_once: 4, idle: SOON };
