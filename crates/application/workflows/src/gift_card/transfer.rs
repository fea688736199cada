//! Sending a card to somebody by e-mail, and taking it back.

use accounts::throttle::{Bucket, ThrottleOutcome, give_back, take};
use accounts::{Caller, fields};
use database::Tx;
use gift_cards::{CardTransfer, GiftCard, GiftCardsError, GiftCode, NewTransfer, check_message, commands, queries};
use kernel::{FieldFault, GiftCardId, Instant, PersonId};
use notifications::NewMail;
use notifications::texts::gift_card::{self as texts, SentCard};
use site::{Services, links};

use crate::WorkflowError;
use crate::mail::enqueue;

/// How many cards one person sends in a day: our mail carries their words to strangers.
const SENT_MAX: f64 = 10.0;
const DAY_S: f64 = 24.0 * 60.0 * 60.0;

/// Sends all value of the caller's card to `email` as a new card, and says how it stands. Other people's cards count as missing.
pub async fn send_card(
    site: &Services,
    tx: &mut Tx,
    caller: &Caller,
    id: GiftCardId,
    email: &str,
    message: &str,
) -> Result<(GiftCard, CardTransfer), WorkflowError> {
    let (chance, now) = (&*site.chance, site.clock.now());
    let mut from = commands::lock(tx, id).await?;
    if from.holder != Some(caller.id) {
        return Err(GiftCardsError::NotFound.into());
    }
    let to = checked(caller, email, message)?;
    let sent = commands::send(tx, chance, &site.gift_codes, now, &mut from, caller.id, &to).await?;
    // Counted only now: a refused call sends no mail, and must not use up the caller's mails of the day.
    take_place(tx, caller.id, now).await?;
    let code = sent.code.ok_or(GiftCardsError::NotFound)?;
    enqueue(site, tx, &mail(site, caller, &sent.card, &code, &to)).await?;
    let transfer = queries::last_sent(tx, id).await?.ok_or(GiftCardsError::NotFound)?;
    Ok((from, transfer))
}

/// Counts a mail to somebody whom we do not know against what `sender` may send in a day.
pub(super) async fn take_place(tx: &mut Tx, sender: PersonId, now: Instant) -> Result<(), WorkflowError> {
    match take(tx, &[places(sender)], now).await? {
        ThrottleOutcome::Empty { wait_s, .. } => {
            Err(GiftCardsError::TooManyTransfers { wait_s: wait_s.ceil() as u64 }.into())
        }
        _ => Ok(()),
    }
}

/// Refuses if `sender` has sent as many as they may; nothing is counted.
pub(super) async fn check_place(tx: &mut Tx, sender: PersonId, now: Instant) -> Result<(), WorkflowError> {
    take_place(tx, sender, now).await?;
    Ok(give_back(tx, &[places(sender)]).await?)
}

/// Counts a mail that is sent whatever was sent before, because it is paid for.
pub(crate) async fn count_place(tx: &mut Tx, sender: PersonId, now: Instant) -> Result<(), WorkflowError> {
    take(tx, &[places(sender)], now).await?;
    Ok(())
}

fn places(sender: PersonId) -> Bucket {
    Bucket { key: format!("gift_card_transfer/{sender}"), capacity: SENT_MAX, refill_per_s: SENT_MAX / DAY_S }
}

/// Takes back the value of a sent card that nobody has claimed. Other people's cards count as missing.
pub async fn take_card_back(
    site: &Services,
    tx: &mut Tx,
    caller: &Caller,
    id: GiftCardId,
) -> Result<GiftCard, WorkflowError> {
    if queries::card(tx, id).await?.card.holder != Some(caller.id) {
        return Err(GiftCardsError::NotFound.into());
    }
    Ok(commands::take_back(tx, &*site.chance, site.clock.now(), id, caller.id).await?)
}

fn checked(caller: &Caller, email: &str, message: &str) -> Result<NewTransfer, GiftCardsError> {
    let mut faults = Vec::new();
    let email = fields::email(email).map_err(|fault| faults.push(fault)).unwrap_or_default();
    let message = check_message(message).map_err(|fault| faults.push(fault)).unwrap_or_default();
    if email.eq_ignore_ascii_case(&caller.email) {
        faults.push(FieldFault::new(
            "email",
            "own_address",
            "This is your own address, and the card is yours already.",
        ));
    }
    if faults.is_empty() { Ok(NewTransfer { email, message }) } else { Err(GiftCardsError::Fields(faults)) }
}

/// The mail to whoever gets the card. Its text holds the code, and is deleted when it was sent.
fn mail(site: &Services, caller: &Caller, card: &GiftCard, code: &GiftCode, to: &NewTransfer) -> NewMail {
    let shown = code.shown();
    let link = site.settings.url(&links::claim_card(shown.expose()));
    let sent = SentCard {
        sender: &caller.display_name,
        amount: card.balance,
        message: to.message.as_deref(),
        code: shown.expose(),
        last_day: card.last_day.map(|last| (last.day, last.zone.name())),
    };
    NewMail {
        dedupe_key: format!("gift_card_sent/{}", card.id),
        person: None,
        to_address: to.email.clone(),
        to_name: String::new(),
        template: "gift_card_sent",
        text: texts::sent(&sent, &link),
        attachment: None,
    }
}
