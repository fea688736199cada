//! Owing somebody a mail, and having sent it.

use database::Tx;
use kernel::{Chance, Instant, MailId, PersonId};

use crate::queries::MailFile;
use crate::texts::Text;
use crate::{NotificationsError, store};

/// A mail we owe.
#[derive(Debug)]
pub struct NewMail {
    /// Names the fact and the reader: the same mail is owed once, however often it is asked for.
    pub dedupe_key: String,
    pub person: Option<PersonId>,
    pub to_address: String,
    pub to_name: String,
    /// Which text it is: `booking_confirmed_customer`.
    pub template: &'static str,
    pub text: Text,
    pub attachment: Option<MailFile>,
}

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

/// What became of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Sent,
    Kept,
    /// It can never be sent: the address is none.
    Failed,
}

/// Notes what became of a mail.
pub async fn settle(tx: &mut Tx, id: MailId, outcome: Outcome, now: Instant) -> Result<(), NotificationsError> {
    let state = match outcome {
        Outcome::Sent => "sent",
        Outcome::Kept => "kept",
        Outcome::Failed => "failed",
    };
    Ok(store::settle(tx, id, state, now).await?)
}
