//! The list of all consumers of facts. A consumer is a small type and a line here.

use std::sync::LazyLock;

use database::facts::Consumers;
use site::Services;

use crate::WorkflowError;
use crate::booking::MailsFromFacts;
use crate::calendar::OpenDaysFromFacts;
use crate::gift_card::LoyaltyFromFacts;

/// The consumers of this release.
pub(super) static CONSUMERS: LazyLock<Consumers<Services, WorkflowError>> = LazyLock::new(|| {
    Consumers::new().consumer::<MailsFromFacts>().consumer::<OpenDaysFromFacts>().consumer::<LoyaltyFromFacts>()
});
