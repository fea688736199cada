//! Owing somebody a mail, and having sent it.

use database::Tx;
use kernel::{Chance, Instant, MailId};

use crate::error::NotificationsError;
use crate::mail::{MailOutcome, NewMail};
use crate::store;

/// Owes a mail, in the transaction of the fact. `None` when it is owed already.
pub async fn enqueue(
    tx: &mut Tx,
    chance: &dyn Chance,
    now: Instant,
    mail: &NewMail,
) -> Result<Option<MailId>, NotificationsError> {
    let id = MailId::new(chance, now);
    Ok(store::insert(tx, id, mail, now).await?.then_some(id))
}

/// Notes what became of a mail.
pub async fn settle(tx: &mut Tx, id: MailId, outcome: MailOutcome, now: Instant) -> Result<(), NotificationsError> {
    Ok(store::settle(tx, id, outcome.into(), now).await?)
}
