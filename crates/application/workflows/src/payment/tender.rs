//! Paying with stored value: gift cards and credit are set aside for a booking one after the other, can be taken back, and are taken
//! together with what a card pays, or alone where they cover the price.

use accounts::Caller;
use database::Tx;
use gift_cards::{CardChanges, CardCommand, CreditCommand, GiftCard, GiftCardsError};
use gift_cards::{commands as cards, credit};
use kernel::{Actor, BookingId, GiftCardId, IntentId, LegId, Money};
use payments::{Leg, NewLeg, Payment, PaymentChanges, PaymentMethod, PaymentsError, commands};
use site::Services;
use uuid::Uuid;

use super::opening::{end_earlier, own};
use super::record::{save, settle};
use super::subject::PaymentSubject;
use super::visible::load_visible;
use crate::WorkflowError;

/// What legs of stored value store as their provider.
const GIFT_CARDS: &str = "gift_cards";
const CREDIT: &str = "credit";

/// Stored value of the payer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AppliedValue {
    GiftCard(GiftCardId),
    Credit,
}

/// What a payer wants to do with stored value.
#[derive(Debug, Clone, Copy)]
pub enum TenderStep {
    /// Set value aside: so many minor units of it, or as much as is left to pay.
    Apply(AppliedValue, Option<i64>),
    /// Take back the part of a leg.
    Withdraw(LegId),
    /// Pay with what is set aside.
    Pay,
}

/// Ends what an earlier try by card has left open, so that the payer can choose anew; first it looks whether the step can be taken at all,
/// so that one that is refused ends nothing. To be called before a transaction is begun, because providers are asked.
pub async fn prepare(site: &Services, caller: &Caller, id: BookingId, step: TenderStep) -> Result<(), WorkflowError> {
    let (subject, payment) = own(site, caller, id.into()).await?;
    subject.check_payable(site.clock.now())?;
    check_step(site, caller, &subject, payment.as_ref(), step).await?;
    let Some(payment) = payment else { return Ok(()) };
    match end_earlier(site, caller, &payment).await? {
        None => Ok(()),
        Some(payment) if payment.uncovered_minor() <= 0 => Err(PaymentsError::AlreadyPaid.into()),
        Some(_) => Err(PaymentsError::AlreadyPaying.into()),
    }
}

/// Refuses what would be refused when no try by card were under way.
async fn check_step(
    site: &Services,
    caller: &Caller,
    subject: &PaymentSubject,
    payment: Option<&Payment>,
    step: TenderStep,
) -> Result<(), WorkflowError> {
    let now = site.clock.now();
    let due = subject.new_intent(caller, now).due;
    let open = payment.filter(|payment| !payment.intent.state.is_over());
    let left = Money::new(open.map_or(due.amount_minor, Payment::missing_minor), due.currency);
    match step {
        TenderStep::Apply(value, asked_minor) if left.amount_minor > 0 => {
            refuse_again(open, value)?;
            let mut tx = site.database.begin().await?;
            let (_, available) = available(&mut tx, caller, value, due).await?;
            tx.rollback().await?;
            share_of(left, available, asked_minor, least_by_card(site, left)).map(drop)
        }
        TenderStep::Pay if left.amount_minor > 0 => Err(PaymentsError::NotCovered { missing: left }.into()),
        TenderStep::Apply(..) | TenderStep::Pay => Ok(()),
        TenderStep::Withdraw(leg) => {
            let payment = payment.ok_or(PaymentsError::NotHeld)?;
            Ok(PaymentChanges::of(payment.clone()).withdraw(leg, now)?)
        }
    }
}

/// Sets value aside for the caller's booking: `amount_minor` of it, or as much as is left to pay. The caller commits.
pub async fn apply(
    site: &Services,
    tx: &mut Tx,
    caller: &Caller,
    id: BookingId,
    value: AppliedValue,
    amount_minor: Option<i64>,
) -> Result<Payment, WorkflowError> {
    let (chance, now) = (&*site.chance, site.clock.now());
    let (subject, payment) = lock_own(site, tx, caller, id).await?;
    let new_intent = subject.new_intent(caller, now);
    let due = new_intent.due;
    let open = payment.as_ref().filter(|payment| !payment.intent.state.is_over());
    let left = open.map_or(Ok(due), |payment| payment.next_share(None))?;
    refuse_again(open, value)?;
    let (method, provider, stored) = value.leg();
    let (card, available) = available(tx, caller, value, due).await?;
    let share = share_of(left, available, amount_minor, least_by_card(site, left))?;
    let new = NewLeg { method, provider, stored, amount: Some(share), attempt: None };
    let (payment, leg) = commands::open_leg(tx, chance, now, payment, new_intent, new).await?;
    match card {
        Some(mut card) => {
            let mut changes = CardChanges::default();
            let command = CardCommand::Hold { leg, amount: share };
            changes.carry_out(&mut card, command, Actor::customer(caller.id), None, now)?;
            cards::save(tx, chance, now, &changes).await?;
        }
        None => credit::carry_out(tx, chance, now, caller.id, leg, share, CreditCommand::Hold).await?,
    }
    Ok(payment)
}

impl AppliedValue {
    /// The method of its leg, what the leg stores as its provider, and the id of the card.
    const fn leg(self) -> (PaymentMethod, &'static str, Option<Uuid>) {
        match self {
            Self::GiftCard(id) => (PaymentMethod::GiftCard, GIFT_CARDS, Some(id.0)),
            Self::Credit => (PaymentMethod::Credit, CREDIT, None),
        }
    }
}

/// Refuses to set the same value aside twice.
fn refuse_again(payment: Option<&Payment>, value: AppliedValue) -> Result<(), PaymentsError> {
    let (method, _, stored) = value.leg();
    let reference = stored.map(|id| id.to_string());
    let is_same = |leg: &Leg| leg.method == method && leg.provider_ref == reference;
    if payment.is_some_and(|payment| payment.held_legs().any(is_same)) {
        return Err(PaymentsError::AlreadyApplied);
    }
    Ok(())
}

/// Takes back one part that is set aside.
pub async fn withdraw(site: &Services, caller: &Caller, id: IntentId, leg: LegId) -> Result<Payment, WorkflowError> {
    let now = site.clock.now();
    let mut connection = site.database.acquire().await?;
    let paid_for = load_visible(&mut connection, caller, id).await?.intent.paid_for;
    let booking = paid_for.booking().ok_or(PaymentsError::NotHeld)?;
    drop(connection);
    prepare(site, caller, booking, TenderStep::Withdraw(leg)).await?;
    let mut tx = site.database.begin().await?;
    lock_own(site, &mut tx, caller, booking).await?;
    let mut changes = PaymentChanges::of(commands::lock(&mut tx, id).await?);
    changes.withdraw(leg, now)?;
    save(site, &mut tx, now, &mut changes).await?;
    tx.commit().await?;
    Ok(changes.into_payment())
}

/// Pays with what is set aside, where that covers the price and is `expected_minor`, if the payer names that. The caller commits, and has
/// called [`prepare`].
pub async fn pay_applied(
    site: &Services,
    tx: &mut Tx,
    caller: &Caller,
    id: BookingId,
    expected_minor: Option<i64>,
) -> Result<Payment, WorkflowError> {
    let now = site.clock.now();
    let (mut subject, payment) = lock_own(site, tx, caller, id).await?;
    let due = subject.new_intent(caller, now).due;
    let missing = |minor| PaymentsError::NotCovered { missing: Money::new(minor, due.currency) };
    let payment = payment.ok_or_else(|| missing(due.amount_minor))?;
    if payment.missing_minor() > 0 {
        return Err(missing(payment.missing_minor()).into());
    }
    let taken = Money::new(payment.uncovered_minor(), due.currency);
    let expected = expected_minor.map_or(taken, |expected_minor| Money::new(expected_minor, due.currency));
    if expected != taken {
        return Err(PaymentsError::AmountChanged { expected, due: taken }.into());
    }
    let mut changes = PaymentChanges::of(payment);
    if !settle(site, tx, now, &mut subject, &mut changes).await? {
        return Err(WorkflowError::HoldLapsed);
    }
    save(site, tx, now, &mut changes).await?;
    Ok(changes.into_payment())
}

/// Locks the caller's booking, which can be paid, and its payment.
async fn lock_own(
    site: &Services,
    tx: &mut Tx,
    caller: &Caller,
    id: BookingId,
) -> Result<(PaymentSubject, Option<Payment>), WorkflowError> {
    let booking = bookings::commands::lock(tx, id).await?;
    if booking.customer != caller.id {
        return Err(bookings::BookingsError::NotFound.into());
    }
    let subject = PaymentSubject::Booking(Box::new(booking));
    subject.check_payable(site.clock.now())?;
    let payment = commands::lock_of(tx, id).await?;
    if payment.as_ref().is_some_and(|payment| payment.open_legs().any(|leg| leg.is_under_way())) {
        return Err(PaymentsError::AlreadyPaying.into());
    }
    Ok((subject, payment))
}

/// Locks what the caller wants to pay with; the card, if it is one, and how much is on it. Other people's cards count as missing.
async fn available(
    tx: &mut Tx,
    caller: &Caller,
    value: AppliedValue,
    due: Money,
) -> Result<(Option<GiftCard>, Money), WorkflowError> {
    let AppliedValue::GiftCard(id) = value else {
        return Ok((None, credit::lock(tx, caller.id, due.currency).await?));
    };
    let card = cards::lock(tx, id).await?;
    if card.holder != Some(caller.id) {
        return Err(GiftCardsError::NotFound.into());
    }
    if card.balance.currency != due.currency {
        return Err(PaymentsError::OtherCurrency { means: card.balance.currency, due: due.currency }.into());
    }
    let balance = card.balance;
    Ok((Some(card), balance))
}

/// The least that a card pays of what is left.
fn least_by_card(site: &Services, left: Money) -> Money {
    Money::new(site.providers.cards().least_minor(left.currency), left.currency)
}

/// How much of what is available is set aside. Where the payer names no amount it is as much as possible that leaves nothing, or enough
/// for a card.
fn share_of(left: Money, available: Money, asked_minor: Option<i64>, least: Money) -> Result<Money, WorkflowError> {
    let of = |minor| Money::new(minor, left.currency);
    let most = left.amount_minor.min(available.amount_minor);
    let share_minor = match asked_minor {
        Some(asked) => asked,
        None if leaves_too_little(left.amount_minor - most, least) => left.amount_minor - least.amount_minor,
        None => most,
    };
    if share_minor > left.amount_minor {
        return Err(PaymentsError::ShareTooLarge { asked: of(share_minor), left }.into());
    }
    if share_minor > available.amount_minor || (asked_minor.is_none() && share_minor <= 0) {
        let asked = of(share_minor.max(1));
        return Err(GiftCardsError::NotEnough { asked, left: available }.into());
    }
    if share_minor <= 0 {
        return Err(GiftCardsError::Amount { currency: left.currency }.into());
    }
    let rest = of(left.amount_minor - share_minor);
    if leaves_too_little(rest.amount_minor, least) {
        return Err(PaymentsError::LeavesTooLittle { left: rest, least }.into());
    }
    Ok(of(share_minor))
}

const fn leaves_too_little(rest_minor: i64, least: Money) -> bool {
    rest_minor > 0 && rest_minor < least.amount_minor
}

#[cfg(test)]
mod tests {
    use kernel::Currency;

    use super::*;

    fn usd(minor: i64) -> Money {
        Money::new(minor, Currency::Usd)
    }

    /// Of a price of 10.00, with cards that pay 0.50 at least.
    fn share(available: i64, asked: Option<i64>) -> Result<i64, String> {
        share_of(usd(1_000), usd(available), asked, usd(50)).map(|share| share.amount_minor).map_err(|error| {
            use kernel::Fault as _;
            error.code().to_owned()
        })
    }

    #[test]
    fn as_much_as_possible_is_set_aside_that_a_card_can_complete() {
        assert_eq!([share(300, None), share(2_000, None), share(1_000, None)], [Ok(300), Ok(1_000), Ok(1_000)]);
        assert_eq!([share(950, None), share(951, None), share(999, None)], [Ok(950), Ok(950), Ok(950)]);
        assert_eq!(share(0, None), Err("not_enough".to_owned()));
    }

    #[test]
    fn an_amount_that_was_named_is_taken_or_refused() {
        assert_eq!(
            [share(300, Some(300)), share(300, Some(1)), share(2_000, Some(1_000))],
            [Ok(300), Ok(1), Ok(1_000)]
        );
        let refused = |available, asked| share(available, Some(asked)).unwrap_err();
        assert_eq!(refused(300, 301), "not_enough");
        assert_eq!(refused(2_000, 1_001), "share_too_large");
        assert_eq!(refused(2_000, 951), "leaves_too_little");
        assert_eq!([refused(300, 0), refused(300, -5)], ["invalid_amount", "invalid_amount"]);
    }
}
