//! Gift cards: who may see and use one, and what is done with it in one transaction.

mod delivery;
mod expiry;
mod look;
mod loyalty;
mod purchase;
mod redeem;
mod staff;
mod transfer;
mod visible;

use accounts::Caller;
use database::Tx;
pub use delivery::deliver_again;
pub(crate) use delivery::{DeliverDueCards, DeliverGiftCard, deliver_late, mail_granted_order_refund};
pub(crate) use expiry::ExpireCards;
use gift_cards::{CardChanges, CardCommand, GiftCard, GiftCardsError, GiftCode, commands, queries};
use kernel::Actor;
pub use look::{OfferedCard, claimed_with, load_offered, sender_of};
pub(crate) use loyalty::{LoyaltyFromFacts, SettleLoyalty};
pub(crate) use purchase::LapseOrders;
pub use purchase::{charged_back, load_order, order_card, return_card};
pub use redeem::redeem;
use site::Services;
pub use staff::{CardStop, issue_batch, stop_batch, stop_card};
pub(crate) use transfer::count_place;
pub use transfer::{send_card, take_card_back};
pub use visible::{CardSide, VisibleCard, load_visible};

use crate::WorkflowError;

/// Takes the card that a code opens. It is the caller's from then on, and the code opens nothing any more; who claims again what is
/// theirs, because they pressed twice or lost the answer, gets the card as it is. Whoever issued a card cannot take it, because nobody
/// else would have agreed to the gift.
pub async fn claim(site: &Services, tx: &mut Tx, caller: &Caller, typed: &str) -> Result<GiftCard, WorkflowError> {
    let code = read_code(site, typed)?;
    let opened = match commands::lock_by_code(tx, &site.gift_codes, &code).await {
        Err(GiftCardsError::CodeOpensNothing) => {
            if let Some(card) = queries::claimed_with(tx, &site.gift_codes, &code, caller.id).await? {
                return Ok(queries::card(tx, card).await?.card);
            }
            Err(GiftCardsError::CodeOpensNothing)
        }
        opened => opened,
    };
    let opened = opened.inspect_err(|error| note_guess(site, error))?;
    if let Some(batch) = opened.card.batch
        && queries::issuer(tx, batch).await? == Some(caller.id)
    {
        return Err(GiftCardsError::OwnBatch.into());
    }
    let claimed = commands::claim(tx, &*site.chance, site.clock.now(), opened, caller.id).await;
    Ok(claimed.inspect_err(|error| note_guess(site, error))?)
}

/// Reads a typed code.
fn read_code(site: &Services, typed: &str) -> Result<GiftCode, GiftCardsError> {
    let code = GiftCode::parse(typed).ok_or(GiftCardsError::CodeOpensNothing);
    code.inspect_err(|_| site.missed_codes.note_mistyped())
}

/// Counts a well-formed code that opened nothing, and tells the operators when there are too many.
fn note_guess(site: &Services, error: &GiftCardsError) {
    if matches!(error, GiftCardsError::CodeOpensNothing)
        && let Some(count) = site.missed_codes.note_well_formed(site.clock.now())
    {
        tracing::error!(count, "codes of gift cards are being guessed: so many opened nothing this hour");
    }
}

/// Carries out one command on a locked card.
pub(crate) async fn carry_out(
    site: &Services,
    tx: &mut Tx,
    card: &mut GiftCard,
    command: CardCommand,
    actor: Actor,
    reason: Option<String>,
) -> Result<(), WorkflowError> {
    let now = site.clock.now();
    let mut changes = CardChanges::default();
    changes.carry_out(card, command, actor, reason, now)?;
    Ok(commands::save(tx, &*site.chance, now, &changes).await?)
}
