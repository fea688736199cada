//! Enqueues mails, records how they were delivered, and forgets old ones.

use database::Tx;
use kernel::{Chance, Instant, MailId};

use crate::error::NotificationsError;
use crate::mail::{MailOutcome, NewMail};
use crate::store;

/// Enqueues a mail in the transaction of its cause. `None` if it was enqueued before.
pub async fn enqueue(
    tx: &mut Tx,
    chance: &dyn Chance,
    now: Instant,
    mail: &NewMail,
) -> Result<Option<MailId>, NotificationsError> {
    let id = MailId::new(chance, now);
    Ok(store::insert(tx, id, mail, now).await?.then_some(id))
}

/// Records the outcome of sending a mail.
pub async fn settle(tx: &mut Tx, id: MailId, outcome: MailOutcome, now: Instant) -> Result<(), NotificationsError> {
    Ok(store::settle(tx, id, outcome.into(), now).await?)
}

/// Deletes up to `count_max` mails that were written before `before` and wait for nothing any more, and says how many.
pub async fn forget_old(tx: &mut Tx, before: Instant, count_max: i64) -> Result<u64, NotificationsError> {
    Ok(store::forget_old(tx, before, count_max).await?)
}
