//! What may happen in the life of stored value.

use chrono::TimeDelta;
use gift_cards::{CardDesign, NewBatch};
use kernel::{Instant, Money, PersonId};

/// Something that happens at a moment.
#[derive(Debug)]
pub enum Happening {
    /// Somebody buys a card.
    Ordered(Box<Purchase>),
    /// Staff issue cards.
    Issued(Box<PlannedBatch>),
    Order(usize, OrderStep),
    Card(usize, CardStep),
    Deal(u64, DealStep),
    Staff(StaffStep),
}

/// What becomes of a card, and when.
pub type CardPlan = Vec<(Instant, CardStep)>;

/// A card that somebody buys.
#[derive(Debug, Clone)]
pub struct Purchase {
    /// Indices into the customers; without a recipient the card is for the buyer.
    pub buyer: u32,
    pub to: Option<u32>,
    pub value: Money,
    pub design: CardDesign,
    /// When it is mailed to its recipient, counted from when it is issued; at once without.
    pub deliver_after: Option<TimeDelta>,
    pub is_paid: bool,
    /// What becomes of it, counted from when it is issued.
    pub card_steps: Vec<(TimeDelta, CardStep)>,
    pub order_steps: Vec<(TimeDelta, OrderStep)>,
}

/// Cards that staff issue together.
#[derive(Debug, Clone)]
pub struct PlannedBatch {
    pub batch: NewBatch,
    /// What becomes of each of its cards.
    pub cards: Vec<CardPlan>,
}

/// A step of a purchase after it was paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderStep {
    /// Its card is mailed at the moment that its buyer chose.
    Deliver,
    /// Its buyer gives the card back unused.
    Return,
    /// Its payer disputes the charge, and we hear of it.
    Dispute,
    /// The bank lets the payment stand after all.
    Win { case: usize },
}

/// A step of a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardStep {
    Claim {
        by: PersonId,
    },
    /// A part of it, in thousandths, becomes credit.
    Redeem {
        permille: i64,
    },
    /// It is sent on to another customer.
    Send {
        to: u32,
        end: SentEnd,
    },
    TakeBack,
    Freeze,
    Unfreeze,
    Expire,
}

/// What becomes of a card that is sent on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SentEnd {
    Claimed,
    TakenBack,
    /// Nothing yet.
    Open,
}

/// A step of a booking's payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DealStep {
    /// The customer sets stored value aside.
    Apply,
    Pay,
    /// It is not paid in time.
    Lapse,
    /// It is cancelled, or ruled for the customer.
    GiveBack,
    Complete,
    /// Its payer disputes what the bank card paid.
    Dispute,
}

/// Something that staff do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StaffStep {
    /// They stop all cards of a batch.
    Stop {
        name: &'static str,
    },
    /// One asks for a refund beyond the policy; what is decided about it afterwards is drawn then.
    Ask {
        deal: u64,
    },
    /// Another one approves it.
    Approve {
        request: usize,
        deal: u64,
    },
    Decline {
        request: usize,
    },
    /// A case is closed, and what is missing is lost.
    Close {
        case: usize,
    },
}
