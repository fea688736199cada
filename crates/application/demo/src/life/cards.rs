//! What happens to a card after it was issued.

use chrono::TimeDelta;
use gift_cards::{CardCommand, CardTransfer, NewCard, TransferState};
use kernel::{Actor, GiftCardId, Instant, Money, PersonId};

use super::happening::{CardStep, Happening, SentEnd};
use super::recorder::Recorder;
use super::staff::admin;

/// Why staff stop a card and let it go on.
const WHY_STOPPED: &str = "Two people say that it is theirs";
const WHY_GOES_ON: &str = "Its holder has shown the mail that it came with";

/// Messages that senders write on cards.
const MESSAGES: [&str; 4] = [
    "For the concert that you missed in spring.",
    "Happy birthday! Pick somebody who makes you laugh.",
    "Thank you for looking after the cat.",
    "See you in the front row.",
];

/// Lets a step happen, where the rules allow it.
pub fn step(recorder: &mut Recorder<'_>, card: usize, step: CardStep, at: Instant) {
    match step {
        CardStep::Claim { by } => claim(recorder, card, by, at),
        CardStep::Redeem { permille } => redeem(recorder, card, permille, at),
        CardStep::Send { to, end } => send(recorder, card, to, end, at),
        CardStep::TakeBack => take_back(recorder, card, at),
        CardStep::Freeze => {
            let by = admin(recorder.world);
            recorder.step(card, CardCommand::Freeze, by, Some(WHY_STOPPED), at);
        }
        CardStep::Unfreeze => {
            let by = admin(recorder.world);
            recorder.step(card, CardCommand::Unfreeze, by, Some(WHY_GOES_ON), at);
        }
        CardStep::Expire => {
            recorder.step(card, CardCommand::Expire, Actor::SYSTEM, None, at);
        }
    }
}

/// One of the messages on cards.
pub fn message(index: usize) -> &'static str {
    MESSAGES[index % MESSAGES.len()]
}

fn claim(recorder: &mut Recorder<'_>, card: usize, by: PersonId, at: Instant) {
    if recorder.step(card, CardCommand::Claim { by }, Actor::customer(by), None, at).is_none() {
        return;
    }
    if let Some(from) = end_transfer(recorder, card, TransferState::Claimed, at) {
        recorder.step(from, CardCommand::Arrive { by }, Actor::SYSTEM, None, at);
    }
}

fn redeem(recorder: &mut Recorder<'_>, card: usize, permille: i64, at: Instant) {
    let (balance, holder) = (recorder.card(card).balance, recorder.card(card).holder);
    let amount = Money::new(balance.amount_minor * permille / 1_000, balance.currency);
    let Some(holder) = holder.filter(|_| amount.amount_minor > 0) else { return };
    let id = recorder.fresh_id(at);
    recorder.step(card, CardCommand::Redeem { id, amount }, Actor::customer(holder), None, at);
}

fn send(recorder: &mut Recorder<'_>, from: usize, to: u32, end: SentEnd, at: Instant) {
    let card = recorder.card(from).clone();
    let Some(sender) = card.holder else { return };
    let (new, id) = (NewCard::sent_from(&card), GiftCardId::new(&recorder.chance, at));
    let offer = CardCommand::Offer { to: id, held: recorder.held(from) };
    if recorder.step(from, offer, Actor::customer(sender), None, at).is_none() {
        return;
    }
    let sent = recorder.put(&new, id, Actor::customer(sender), None, at);
    let friend = recorder.customer(to);
    recorder.note_sent(CardTransfer {
        card: id,
        from: card.id,
        sender,
        email: friend.email.clone(),
        message: Some(message(sent).to_owned()),
        amount: new.value,
        state: TransferState::Offered,
        created_at: at,
        ended_at: None,
    });
    let after = at + TimeDelta::hours(7 + i64::from(to % 60));
    match end {
        SentEnd::Claimed => recorder.later(after, Happening::Card(sent, CardStep::Claim { by: PersonId(friend.id) })),
        SentEnd::TakenBack => recorder.later(after, Happening::Card(sent, CardStep::TakeBack)),
        SentEnd::Open => {}
    }
}

/// The sender takes the card `sent` back, which nobody has claimed.
fn take_back(recorder: &mut Recorder<'_>, sent: usize, at: Instant) {
    let card = recorder.card(sent).clone();
    let Some(transfer) = recorder.transfer_of(card.id) else { return };
    let (sender, from_id) = (Actor::customer(transfer.sender), transfer.from);
    let taken = recorder.step(sent, CardCommand::TakeBack { to: from_id }, sender, None, at);
    if taken.is_none() {
        return;
    }
    if let Some(from) = end_transfer(recorder, sent, TransferState::TakenBack, at) {
        let back = CardCommand::ComeBack { from: card.id, amount: card.balance };
        recorder.step(from, back, sender, None, at);
    }
}

/// Ends the transfer of a card that was sent, and returns the place of the card that it was sent from; `None` if it was not sent.
fn end_transfer(recorder: &mut Recorder<'_>, sent: usize, state: TransferState, at: Instant) -> Option<usize> {
    let id = recorder.card(sent).id;
    let transfer = recorder.transfer_of(id)?;
    (transfer.state, transfer.ended_at) = (state, Some(at));
    let from = transfer.from;
    recorder.place_of(from)
}
