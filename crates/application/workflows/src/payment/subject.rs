//! What is paid for: whether it can be paid, whether it still needs money, and what happens when its price is covered or goes back.

use accounts::Caller;
use bookings::{Booking, BookingCommand, BookingsError, CancelledBy, NotPayable, PaymentStatus, Status};
use chrono::TimeDelta;
use database::{Connection, Tx};
use gift_cards::{CardKind, GiftCardOrder, GiftCardsError, NewCard, OrderState, orders};
use kernel::{Actor, Instant};
use payments::{Intent, NewIntent, PaidFor, PaymentsError, RefundReason};
use site::Services;

use crate::WorkflowError;
use crate::booking::{BookingSide, load_visible};
use crate::gift_card::{DeliverGiftCard, count_place};

/// How long after `pay_by` a payment may still settle, if what is paid for has neither a start nor a delivery date.
const SETTLE_WITHIN: TimeDelta = TimeDelta::hours(12);

/// A booking or purchase, read or locked. Lock order everywhere: first this, then its payment, then cards and credit.
#[derive(Debug)]
pub(super) enum PaymentSubject {
    Booking(Box<Booking>),
    GiftCardOrder(Box<GiftCardOrder>),
}

impl PaymentSubject {
    /// Locks what is paid for.
    pub async fn lock(tx: &mut Tx, paid_for: PaidFor) -> Result<Self, WorkflowError> {
        Ok(match paid_for {
            PaidFor::Booking(id) => Self::Booking(Box::new(bookings::commands::lock(tx, id).await?)),
            PaidFor::GiftCardOrder(id) => Self::GiftCardOrder(Box::new(orders::lock(tx, id).await?)),
        })
    }

    /// Reads what the caller pays for; another person's counts as missing.
    pub async fn own(connection: &mut Connection, caller: &Caller, paid_for: PaidFor) -> Result<Self, WorkflowError> {
        match paid_for {
            PaidFor::Booking(id) => {
                let seen = load_visible(connection, caller, id).await?;
                match seen.side {
                    BookingSide::Customer => Ok(Self::Booking(Box::new(seen.booking))),
                    _ => Err(BookingsError::NotYourMove.into()),
                }
            }
            PaidFor::GiftCardOrder(id) => {
                let order = orders::order(connection, id).await?;
                match order.buyer == caller.id {
                    true => Ok(Self::GiftCardOrder(Box::new(order))),
                    false => Err(GiftCardsError::NotFound.into()),
                }
            }
        }
    }

    /// Whether a payment may begin now.
    pub fn check_payable(&self, now: Instant) -> Result<(), WorkflowError> {
        match self {
            Self::Booking(booking) => booking.payable(now).map_err(|reason| match reason {
                NotPayable::AlreadyPaid => PaymentsError::AlreadyPaid.into(),
                NotPayable::HoldLapsed | NotPayable::Begun => WorkflowError::HoldLapsed,
                NotPayable::NotAgreed | NotPayable::Over => BookingsError::State { status: booking.status }.into(),
            }),
            Self::GiftCardOrder(order) => match order.state {
                OrderState::Paid | OrderState::Returned => Err(PaymentsError::AlreadyPaid.into()),
                _ if order.is_payable(now) => Ok(()),
                _ => Err(PaymentsError::PayByPassed.into()),
            },
        }
    }

    /// The intent that a try to pay opens where none is open.
    pub fn new_intent(&self, caller: &Caller, now: Instant) -> NewIntent {
        let (paid_for, due, pay_by, settles_by) = match self {
            Self::Booking(booking) => {
                let pay_by = booking.hold_expires_at.unwrap_or(now);
                (booking.id.into(), booking.terms.total(), pay_by, booking.terms.begins_by())
            }
            Self::GiftCardOrder(order) => (order.id.into(), order.value, order.pay_by, None),
        };
        let settle_by = settles_by.unwrap_or(pay_by + SETTLE_WITHIN);
        NewIntent { paid_for, customer: caller.id, due, pay_by, settle_by }
    }

    /// Whether money still counts towards its price. If it was ever paid, even if refunded since, further money is surplus.
    pub fn is_wanted(&self) -> bool {
        match self {
            Self::Booking(booking) => matches!(booking.payment_status, PaymentStatus::None | PaymentStatus::Pending),
            Self::GiftCardOrder(order) => matches!(order.state, OrderState::AwaitingPayment | OrderState::Lapsed),
        }
    }

    /// The price is covered: confirms the booking, or issues the card. `false` if that is not possible any more.
    pub async fn complete(
        &mut self,
        site: &Services,
        tx: &mut Tx,
        now: Instant,
        intent: &Intent,
    ) -> Result<bool, WorkflowError> {
        match self {
            Self::Booking(booking) => {
                let settle_by = intent.settle_by;
                Ok(bookings::commands::confirm_if_free(tx, &*site.chance, now, booking, settle_by).await?)
            }
            Self::GiftCardOrder(_) if now >= intent.settle_by => Ok(false),
            Self::GiftCardOrder(order) => {
                issue(site, tx, now, intent, order).await?;
                Ok(true)
            }
        }
    }

    /// Records that money goes back, on a booking that is over. One that is still to be paid stays as it is: the money came for an earlier
    /// price.
    pub async fn return_payment(&mut self, site: &Services, tx: &mut Tx, now: Instant) -> Result<(), WorkflowError> {
        if let Self::Booking(booking) = self
            && matches!(booking.status, Status::Expired | Status::Cancelled | Status::Declined)
        {
            let command = BookingCommand::ReturnPayment;
            bookings::commands::carry_out(tx, &*site.chance, now, booking, command, Actor::SYSTEM).await?;
        }
        Ok(())
    }

    /// The reason for refunding a payment that came too late.
    pub fn why_it_goes_back(&self) -> RefundReason {
        let Self::Booking(booking) = self else { return RefundReason::SlotLost };
        match booking.cancelled_by {
            Some(CancelledBy::Customer) => RefundReason::CancelledByCustomer,
            Some(CancelledBy::Talent) => RefundReason::CancelledByTalent,
            Some(CancelledBy::Staff | CancelledBy::System) => RefundReason::Staff,
            None => RefundReason::SlotLost,
        }
    }

    /// The last refund of its price has arrived; `partly` if something of it is kept.
    pub async fn finish_refund(
        &mut self,
        site: &Services,
        tx: &mut Tx,
        now: Instant,
        partly: bool,
    ) -> Result<(), WorkflowError> {
        if let Self::Booking(booking) = self
            && booking.may_be_refunded()
        {
            let command = BookingCommand::FinishRefund { partly };
            bookings::commands::carry_out(tx, &*site.chance, now, booking, command, Actor::SYSTEM).await?;
        }
        Ok(())
    }
}

/// Issues the card of a paid order. Nobody gets its code now: whoever it is for gets one of their own at its moment.
async fn issue(
    site: &Services,
    tx: &mut Tx,
    now: Instant,
    intent: &Intent,
    order: &mut GiftCardOrder,
) -> Result<(), WorkflowError> {
    let is_for_buyer = order.recipient.is_none();
    let deliver_at = order.recipient.as_ref().and_then(|recipient| recipient.deliver_at).unwrap_or(now);
    let new = NewCard {
        kind: CardKind::Platform,
        value: order.value,
        buyer: Some(order.buyer),
        holder: is_for_buyer.then_some(order.buyer),
        is_scheduled: !is_for_buyer,
        last_day: order.last_day(deliver_at.max(now)),
        batch: None,
        replaces: None,
        source: intent.paid_for.escrow(),
        refund_of: None,
    };
    let buyer = Actor::customer(order.buyer);
    let issued = gift_cards::commands::issue(tx, &*site.chance, &site.gift_codes, now, &[new], buyer, None).await?;
    order.card = issued.first().map(|issued| issued.card.id);
    order.state = OrderState::Paid;
    orders::save(tx, now, order).await?;
    if !is_for_buyer {
        count_place(tx, order.buyer, now).await?;
        jobs::enqueue(tx, &*site.chance, now, &DeliverGiftCard { order: order.id, again: None }, deliver_at.max(now))
            .await?;
    }
    Ok(())
}
