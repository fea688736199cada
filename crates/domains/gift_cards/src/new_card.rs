//! A card that is about to be issued, and where its value comes from. Pure.

use kernel::{GiftCardBatchId, GiftCardId, Instant, LegId, Money, PersonId};
use ledger::{Account, LedgerError, Transfer};

use crate::batch::NewBatch;
use crate::card::{CardKind, CardState, GiftCard, LastDay};
use crate::templates;

/// How long a card works that takes the place of one that has ended.
const REISSUED_MONTHS: u32 = 12;

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
    /// The card that it takes the place of: whatever is done about the value of that one goes on here.
    pub replaces: Option<GiftCardId>,
    /// Where the value comes from.
    pub source: Account,
    /// The part of a payment whose refund it holds.
    pub refund_of: Option<LegId>,
}

impl NewCard {
    /// One of the cards of a batch, which nobody holds yet.
    pub const fn of_batch(batch: &NewBatch, id: GiftCardBatchId) -> Self {
        Self {
            kind: batch.kind,
            value: batch.value,
            buyer: None,
            holder: None,
            is_scheduled: false,
            last_day: batch.last_day,
            batch: Some(id),
            replaces: None,
            source: templates::source(batch.kind),
            refund_of: None,
        }
    }

    /// What takes all value of the locked card `from` to somebody else.
    pub const fn sent_from(from: &GiftCard) -> Self {
        Self {
            kind: from.kind,
            value: from.balance,
            buyer: None,
            holder: None,
            is_scheduled: false,
            last_day: from.last_day,
            batch: None,
            replaces: None,
            source: templates::card(from.id),
            refund_of: None,
        }
    }

    /// A card of whoever paid with `ended`, for value that cannot go back to that one.
    pub fn instead_of(
        ended: &GiftCard,
        payer: PersonId,
        value: Money,
        source: Account,
        refund_of: LegId,
        now: Instant,
    ) -> Self {
        let last_day = ended.last_day.and_then(|last| LastDay::months_after(now, REISSUED_MONTHS, last.zone));
        Self {
            kind: ended.kind,
            value,
            buyer: None,
            holder: Some(payer),
            is_scheduled: false,
            last_day,
            batch: None,
            replaces: Some(ended.id),
            source,
            refund_of: Some(refund_of),
        }
    }

    /// The card, issued at `now`.
    pub const fn card(&self, id: GiftCardId, now: Instant) -> GiftCard {
        GiftCard {
            id,
            kind: self.kind,
            state: if self.is_scheduled { CardState::Scheduled } else { CardState::Active },
            issued: self.value,
            balance: self.value,
            buyer: self.buyer,
            holder: self.holder,
            is_offered: false,
            last_day: self.last_day,
            batch: self.batch,
            replaces: self.replaces,
            version: 1,
            created_at: now,
        }
    }

    /// The transfer that brings its value. That of a card which another was emptied for is moved by the command on the other.
    pub fn funding(&self, id: GiftCardId) -> Result<Option<Transfer>, LedgerError> {
        if self.replaces.is_some() && self.refund_of.is_none() {
            return Ok(None);
        }
        let to = templates::card(id);
        templates::movement("gift_card_issued", id, id.0, self.source, to, self.value, self.refund_of).map(Some)
    }
}
