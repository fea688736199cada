//! The commands of this domain: lock, decide, save with one statement, post to the ledger with another.

use database::Tx;
use kernel::secret::HashKeys;
use kernel::{Actor, ActorKind, Chance, GiftCardBatchId, GiftCardId, Instant, Money, PersonId};
use ledger::Account;

use crate::batch::NewBatch;
use crate::card::{CardKind, CardState, GiftCard, LastDay};
use crate::changes::CardChanges;
use crate::code::GiftCode;
use crate::error::GiftCardsError;
use crate::{store, templates};

/// A card to issue.
#[derive(Debug, Clone, Copy)]
pub struct NewCard {
    pub kind: CardKind,
    pub value: Money,
    pub buyer: Option<PersonId>,
    /// Who has it from the start; then it gets no code.
    pub holder: Option<PersonId>,
    /// Whether its code goes out at a later moment.
    pub is_scheduled: bool,
    pub last_day: Option<LastDay>,
    pub batch: Option<GiftCardBatchId>,
    /// The locked card that it takes the place of, whose value it gets from there.
    pub replaces: Option<GiftCardId>,
    /// Where the value comes from.
    pub source: Account,
}

/// A new card, with the code that nobody can read again.
#[derive(Debug)]
pub struct IssuedCard {
    pub card: GiftCard,
    pub code: Option<GiftCode>,
}

/// Issues cards. Value of cards that replace others is moved by the command on those.
pub async fn issue(
    tx: &mut Tx,
    chance: &dyn Chance,
    keys: &HashKeys,
    now: Instant,
    new: &[NewCard],
    actor: Actor,
    reason: Option<&str>,
) -> Result<Vec<IssuedCard>, GiftCardsError> {
    let cards: Vec<IssuedCard> = new.iter().map(|new| fresh(chance, now, new)).collect();
    let rows: Vec<_> =
        cards.iter().map(|one| (one.card.clone(), one.code.as_ref().map(|code| (code.hash(keys), code)))).collect();
    store::issue(tx, &rows, actor, reason, now).await?;
    let funded = new.iter().zip(&cards).filter(|(new, _)| new.replaces.is_none());
    let transfers = funded.map(|(new, one)| {
        templates::movement(
            "gift_card_issued",
            one.card.id,
            one.card.id.0,
            new.source,
            templates::card(one.card.id),
            new.value,
        )
    });
    let transfers = transfers.collect::<Result<Vec<_>, _>>()?;
    ledger::post(tx, chance, now, &transfers).await?;
    Ok(cards)
}

fn fresh(chance: &dyn Chance, now: Instant, new: &NewCard) -> IssuedCard {
    let card = GiftCard {
        id: GiftCardId::new(chance, now),
        kind: new.kind,
        state: if new.is_scheduled { CardState::Scheduled } else { CardState::Active },
        issued: new.value,
        balance: new.value,
        buyer: new.buyer,
        holder: new.holder,
        is_offered: false,
        last_day: new.last_day,
        batch: new.batch,
        replaces: new.replaces,
        version: 1,
        created_at: now,
    };
    let code = new.holder.is_none().then(|| GiftCode::new(chance));
    IssuedCard { card, code }
}

/// Locks a card until the transaction ends.
pub async fn lock(tx: &mut Tx, id: GiftCardId) -> Result<GiftCard, GiftCardsError> {
    store::lock(tx, &[id]).await?.pop().ok_or(GiftCardsError::NotFound)
}

/// Locks cards in the order of their ids; those that are missing are left out.
pub async fn lock_all(tx: &mut Tx, ids: &[GiftCardId]) -> Result<Vec<GiftCard>, GiftCardsError> {
    store::lock(tx, ids).await
}

/// Locks the card that a code opens.
pub async fn lock_by_code(tx: &mut Tx, keys: &HashKeys, code: &GiftCode) -> Result<GiftCard, GiftCardsError> {
    let found = store::find_by_code(tx, &code.hashes(keys)).await?;
    let mut cards = store::lock(tx, found.as_slice()).await?;
    // Whoever had the lock before may have given the card another code, because this one was stolen.
    if found != store::find_by_code(tx, &code.hashes(keys)).await? {
        return Err(GiftCardsError::CodeOpensNothing);
    }
    cards.pop().ok_or(GiftCardsError::CodeOpensNothing)
}

/// Saves changes of locked cards, and posts their transfers. What was posted before under the same name, such as a second hold of one
/// leg, is refused: its step would stand in the history and not in the books.
pub async fn save(tx: &mut Tx, chance: &dyn Chance, now: Instant, changes: &CardChanges) -> Result<(), GiftCardsError> {
    store::save(tx, changes, now).await?;
    let posted = ledger::post(tx, chance, now, &changes.transfers).await?;
    if posted.len() == changes.transfers.len() { Ok(()) } else { Err(GiftCardsError::Done) }
}

/// A new code for a locked card that was offered or whose code was lost; the one before opens nothing any more.
pub async fn renew_code(
    tx: &mut Tx,
    chance: &dyn Chance,
    keys: &HashKeys,
    now: Instant,
    card: GiftCardId,
) -> Result<GiftCode, GiftCardsError> {
    let code = GiftCode::new(chance);
    store::add_code(tx, card, code.hash(keys), &code, now).await?;
    Ok(code)
}

/// Issues cards that nobody holds yet, together worth `minor_max` at most, and records who did and why. Their codes can be read only now.
pub async fn issue_batch(
    tx: &mut Tx,
    chance: &dyn Chance,
    keys: &HashKeys,
    now: Instant,
    batch: &NewBatch,
    minor_max: i64,
    by: PersonId,
) -> Result<(GiftCardBatchId, Vec<IssuedCard>), GiftCardsError> {
    let faults = batch.faults(now, minor_max);
    if !faults.is_empty() {
        return Err(GiftCardsError::Fields(faults));
    }
    let id = GiftCardBatchId::new(chance, now);
    store::insert_batch(tx, id, batch, by, now).await?;
    let new = NewCard {
        kind: batch.kind,
        value: batch.value,
        buyer: None,
        holder: None,
        is_scheduled: false,
        last_day: batch.last_day,
        batch: Some(id),
        replaces: None,
        source: templates::source(batch.kind),
    };
    let staff = Actor { kind: ActorKind::Staff, id: Some(by) };
    // The reason stands with the batch: holders read the histories of cards.
    let cards = issue(tx, chance, keys, now, &vec![new; batch.cards.into()], staff, None).await?;
    Ok((id, cards))
}
