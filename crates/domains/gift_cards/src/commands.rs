//! The commands of this domain: lock, decide, save with one statement, post to the ledger with another.

use database::Tx;
use kernel::secret::HashKeys;
use kernel::{Actor, ActorKind, Chance, GiftCardBatchId, GiftCardId, Instant, Money, PersonId};
use ledger::Account;

use crate::batch::NewBatch;
use crate::card::GiftCard;
use crate::changes::CardChanges;
use crate::code::GiftCode;
use crate::decide::CardCommand;
use crate::error::GiftCardsError;
use crate::new_card::NewCard;
use crate::transfer::{NewTransfer, TransferState};
use crate::{queries, store};

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
    let transfers = new.iter().zip(&cards).filter_map(|(new, one)| new.funding(one.card.id).transpose());
    let transfers = transfers.collect::<Result<Vec<_>, _>>()?;
    ledger::post(tx, chance, now, &transfers).await?;
    Ok(cards)
}

fn fresh(chance: &dyn Chance, now: Instant, new: &NewCard) -> IssuedCard {
    let card = new.card(GiftCardId::new(chance, now), now);
    let code = new.holder.is_none().then(|| GiftCode::new(chance));
    IssuedCard { card, code }
}

/// Locks a card until the transaction ends.
pub async fn lock(tx: &mut Tx, id: GiftCardId) -> Result<GiftCard, GiftCardsError> {
    store::lock(tx, &[id]).await?.pop().ok_or(GiftCardsError::NotFound)
}

/// Locks cards in the order of their ids, so that two transactions cannot wait for each other; those that are missing are left out.
pub async fn lock_all(tx: &mut Tx, ids: &[GiftCardId]) -> Result<Vec<GiftCard>, GiftCardsError> {
    store::lock(tx, ids).await
}

/// A locked card that a code opens, with the one that it was sent from.
#[derive(Debug)]
pub struct OpenedCard {
    pub card: GiftCard,
    pub from: Option<GiftCard>,
}

/// Locks the card that a code opens.
pub async fn lock_by_code(tx: &mut Tx, keys: &HashKeys, code: &GiftCode) -> Result<OpenedCard, GiftCardsError> {
    let found = store::find_by_code(tx, &code.hashes(keys)).await?.ok_or(GiftCardsError::CodeOpensNothing)?;
    let ids: Vec<GiftCardId> = [found.card].into_iter().chain(found.from).collect();
    let mut cards = store::lock(tx, &ids).await?;
    // Whoever had the lock before may have given the card another code, because this one was stolen.
    if Some(found) != store::find_by_code(tx, &code.hashes(keys)).await? {
        return Err(GiftCardsError::CodeOpensNothing);
    }
    let place = cards.iter().position(|card| card.id == found.card).ok_or(GiftCardsError::CodeOpensNothing)?;
    Ok(OpenedCard { card: cards.remove(place), from: cards.pop() })
}

/// Gives a card that a code opened to somebody. Whoever sent it reads in the history of theirs that it arrived.
pub async fn claim(
    tx: &mut Tx,
    chance: &dyn Chance,
    now: Instant,
    opened: OpenedCard,
    by: PersonId,
) -> Result<GiftCard, GiftCardsError> {
    let OpenedCard { mut card, from } = opened;
    let (mut changes, actor) = (CardChanges::default(), Actor::customer(by));
    changes.carry_out(&mut card, CardCommand::Claim { by }, actor, None, now)?;
    if let Some(mut from) = from {
        // Whoever sent it does not learn who has it.
        changes.carry_out(&mut from, CardCommand::Arrive { by }, Actor::SYSTEM, None, now)?;
        store::end_transfer(tx, card.id, TransferState::Claimed, now).await?;
    }
    save(tx, chance, now, &changes).await?;
    Ok(card)
}

/// Sends all value of a locked card to somebody, as a new card. Its code is for their mail alone.
pub async fn send(
    tx: &mut Tx,
    chance: &dyn Chance,
    keys: &HashKeys,
    now: Instant,
    from: &mut GiftCard,
    sender: PersonId,
    to: &NewTransfer,
) -> Result<IssuedCard, GiftCardsError> {
    let new = NewCard::sent_from(from);
    let sent = fresh(chance, now, &new);
    let (mut changes, actor) = (CardChanges::default(), Actor::customer(sender));
    let held = store::held(tx, from).await?;
    changes.carry_out(from, CardCommand::Offer { to: sent.card.id, held }, actor, None, now)?;
    let code = sent.code.as_ref().map(|code| (code.hash(keys), code));
    store::issue(tx, &[(sent.card.clone(), code)], actor, None, now).await?;
    save(tx, chance, now, &changes).await?;
    store::insert_transfer(tx, sent.card.id, from, sender, to, now).await?;
    Ok(sent)
}

/// Brings the value of a card that was sent, and that nobody has claimed, back to the card that it was sent from.
pub async fn take_back(
    tx: &mut Tx,
    chance: &dyn Chance,
    now: Instant,
    from: GiftCardId,
    sender: PersonId,
) -> Result<GiftCard, GiftCardsError> {
    let sent = queries::open_transfer(tx, from).await?.ok_or(GiftCardsError::NotOffered)?;
    let mut cards = store::lock(tx, &[from, sent]).await?;
    let place = cards.iter().position(|card| card.id == sent).ok_or(GiftCardsError::NotFound)?;
    let mut sent = cards.remove(place);
    let mut from = cards.pop().ok_or(GiftCardsError::NotFound)?;
    let (mut changes, actor) = (CardChanges::default(), Actor::customer(sender));
    let amount = sent.balance;
    changes.carry_out(&mut sent, CardCommand::TakeBack { to: from.id }, actor, None, now)?;
    changes.carry_out(&mut from, CardCommand::ComeBack { from: sent.id, amount }, actor, None, now)?;
    store::end_transfer(tx, sent.id, TransferState::TakenBack, now).await?;
    save(tx, chance, now, &changes).await?;
    Ok(from)
}

/// Takes all of a locked card that was sent and that nobody has claimed to the account of a refund of its price; the locked card that it
/// was sent from stays empty.
pub async fn reclaim_sent(
    tx: &mut Tx,
    changes: &mut CardChanges,
    from: &mut GiftCard,
    sent: &mut GiftCard,
    to: Account,
    now: Instant,
) -> Result<(), GiftCardsError> {
    let nothing = Money::new(0, sent.balance.currency);
    changes.carry_out(sent, CardCommand::Reclaim { to }, Actor::SYSTEM, None, now)?;
    changes.carry_out(from, CardCommand::ComeBack { from: sent.id, amount: nothing }, Actor::SYSTEM, None, now)?;
    store::end_transfer(tx, sent.id, TransferState::TakenBack, now).await
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
    let new = NewCard::of_batch(batch, id);
    let staff = Actor { kind: ActorKind::Staff, id: Some(by) };
    // The reason stands with the batch: holders read the histories of cards.
    let cards = issue(tx, chance, keys, now, &vec![new; batch.cards.into()], staff, None).await?;
    Ok((id, cards))
}
