//! What a code shows before anybody claims its card.

use accounts::Caller;
use database::Connection;
use gift_cards::{CardTransfer, GiftCode, SeenCard, queries};
use kernel::GiftCardId;
use site::Services;

use super::{note_guess, read_code};
use crate::WorkflowError;

/// A card that waits to be claimed.
#[derive(Debug, Clone)]
pub struct OfferedCard {
    pub seen: SeenCard,
    /// The name of whoever sent it, and what they wrote; none of a card that nobody sent.
    pub sender: Option<(String, CardTransfer)>,
}

/// The card that a code would give to whoever claims it now. All codes that open nothing are refused alike, so that nobody learns why.
pub async fn load_offered(
    site: &Services,
    connection: &mut Connection,
    typed: &str,
) -> Result<OfferedCard, WorkflowError> {
    let code = read_code(site, typed)?;
    let seen = queries::claimable(connection, &site.gift_codes, &code, site.clock.now()).await;
    let seen = seen.inspect_err(|error| note_guess(site, error))?;
    let sender = sender_of(connection, &seen).await?;
    Ok(OfferedCard { seen, sender })
}

/// The caller's card that they have claimed with this code.
pub async fn claimed_with(
    site: &Services,
    connection: &mut Connection,
    caller: &Caller,
    typed: &str,
) -> Result<Option<GiftCardId>, WorkflowError> {
    let Some(code) = GiftCode::parse(typed) else { return Ok(None) };
    Ok(queries::claimed_with(connection, &site.gift_codes, &code, caller.id).await?)
}

/// Who sent a card to whoever has it, and what they wrote.
pub async fn sender_of(
    connection: &mut Connection,
    seen: &SeenCard,
) -> Result<Option<(String, CardTransfer)>, WorkflowError> {
    let Some(transfer) = queries::received(connection, seen.card.id).await? else { return Ok(None) };
    let sender = accounts::queries::person(connection, transfer.sender).await?;
    Ok(sender.map(|person| (person.display_name, transfer)))
}
