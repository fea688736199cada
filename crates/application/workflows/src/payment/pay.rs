//! Paying for a booking by card.

use accounts::Caller;
use bookings::{Booking, BookingsError, NotPayable};
use cards::{CardInput, CardsError, ChargeRequest, TestCard};
use chrono::TimeDelta;
use kernel::{BookingId, Causes, FieldFault, LegId, Secret};
use payments::{LegState, LegUpdate, NewIntent, NewLeg, Payment, PaymentMethod, PaymentsError, commands, queries};
use site::{Services, links};

use super::give_up::give_up_leg;
use super::provider::{ASK_AFTER, AskProvider, refresh_leg};
use super::record::{record_answer, record_result};
use super::{call_provider, provider_of};
use crate::WorkflowError;
use crate::booking::{BookingSide, load_visible};

/// How long after `pay_by` a payment may still settle, if the booking has neither a start nor a delivery date.
const SETTLE_WITHIN: TimeDelta = TimeDelta::hours(12);

/// A card as the payer gave it.
#[derive(Debug, Clone)]
pub struct PayCard {
    pub number: Secret<String>,
}

/// The allowed number of digits of a card number.
const DIGITS: std::ops::RangeInclusive<usize> = 12..=19;

/// Checks the form of a card number before the provider is called.
fn check_number(number: &str) -> Result<(), WorkflowError> {
    let digits = number.chars().filter(char::is_ascii_digit).count();
    let has_others = number.chars().any(|letter| !letter.is_ascii_digit() && letter != ' ' && letter != '-');
    let (code, message) = match digits {
        0 if !has_others => ("required", "Enter the card number.".to_owned()),
        _ if has_others => ("invalid", "A card number has only digits.".to_owned()),
        digits if !DIGITS.contains(&digits) => {
            ("invalid", format!("This is not a whole card number: it has {digits} digits, and cards have 12 to 19."))
        }
        _ => return Ok(()),
    };
    Err(WorkflowError::Fields(vec![FieldFault::new("number", code, message)]))
}

/// Pays what is due. If an earlier attempt is still open, the provider is asked about it first, so that only one takes money.
///
/// The returned payment is captured, declined, waiting for the payer at `action_url`, or without a result yet.
pub async fn pay(site: &Services, caller: &Caller, id: BookingId, card: PayCard) -> Result<Payment, WorkflowError> {
    check_number(card.number.expose())?;
    let (_, payment) = own_booking(site, caller, id).await?;
    let under_way = payment.as_ref().and_then(|payment| payment.legs.iter().find(|leg| leg.is_under_way()));
    if let (Some(payment), Some(leg)) = (&payment, under_way) {
        match leg.state {
            // The payer left the bank's page and enters another card.
            LegState::ActionRequired => give_up_leg(site, &payment.intent, leg).await?,
            _ => refresh_leg(site, &payment.intent, leg).await.map(drop)?,
        }
        // The provider took its time, and the booking may have been called off meanwhile: read anew.
        let (booking, payment) = own_booking(site, caller, id).await?;
        let payment = payment.ok_or(PaymentsError::NotFound)?;
        let leg = payment.leg(leg.id)?;
        match leg.state {
            // We crashed between committing the leg and charging it. Its id is the idempotency key, so charging again is still one charge.
            LegState::Created if leg.is_under_way() => {
                check_payable(site, &booking)?;
                let id = leg.id;
                return charge(site, payment, id, card).await;
            }
            // Given up before it was sent.
            LegState::Created => {}
            state if state.is_open() || state == LegState::Captured => return Ok(payment),
            _ => {}
        }
    }
    let (payment, leg) = begin(site, caller, id).await?;
    charge(site, payment, leg, card).await
}

/// The sandbox's test numbers; none with a real provider.
pub fn test_cards(site: &Services) -> &'static [TestCard] {
    if site.providers.takes_test_cards() { &cards::TEST_CARDS } else { &[] }
}

/// The caller's own booking, with its payment if there is one.
async fn own_booking(
    site: &Services,
    caller: &Caller,
    id: BookingId,
) -> Result<(Booking, Option<Payment>), WorkflowError> {
    let mut connection = site.database.acquire().await?;
    let seen = load_visible(&mut connection, caller, id).await?;
    if seen.side != BookingSide::Customer {
        return Err(BookingsError::NotYourMove.into());
    }
    Ok((seen.booking, queries::payment_of(&mut connection, id).await?))
}

/// Commits the leg, and the job that asks for its result, before the card is charged, so that a crash in between loses nothing.
async fn begin(site: &Services, caller: &Caller, id: BookingId) -> Result<(Payment, LegId), WorkflowError> {
    let (chance, now) = (&*site.chance, site.clock.now());
    let mut tx = site.database.begin().await?;
    let booking = bookings::commands::lock(&mut tx, id).await?;
    check_payable(site, &booking)?;
    let pay_by = booking.hold_expires_at.unwrap_or(now);
    let new = NewIntent {
        booking: id,
        customer: caller.id,
        due: booking.terms.total(),
        pay_by,
        settle_by: booking.terms.begins_by().unwrap_or(pay_by + SETTLE_WITHIN),
    };
    let earlier = commands::lock_of(&mut tx, id).await?;
    let provider = site.providers.cards().name();
    let card = NewLeg { method: PaymentMethod::Card, provider, amount: None };
    let (payment, leg) = commands::open_leg(&mut tx, chance, now, earlier, new, card).await?;
    jobs::enqueue(&mut tx, chance, now, &AskProvider { leg, again: None }, now + ASK_AFTER).await?;
    tx.commit().await?;
    Ok((payment, leg))
}

fn check_payable(site: &Services, booking: &Booking) -> Result<(), WorkflowError> {
    booking.payable(site.clock.now()).map_err(|reason| match reason {
        NotPayable::AlreadyPaid => PaymentsError::AlreadyPaid.into(),
        NotPayable::HoldLapsed | NotPayable::Begun => WorkflowError::HoldLapsed,
        NotPayable::NotAgreed | NotPayable::Over => BookingsError::State { status: booking.status }.into(),
    })
}

/// Charges the card for a committed leg, and records the result.
async fn charge(site: &Services, payment: Payment, leg: LegId, card: PayCard) -> Result<Payment, WorkflowError> {
    let (intent, leg) = (&payment.intent, payment.leg(leg)?);
    let request = ChargeRequest {
        idempotency_key: leg.id.to_string(),
        amount: leg.share,
        card: CardInput { number: card.number },
        return_url: site.settings.url(&links::booking(intent.booking)),
    };
    match call_provider("card charge", provider_of(site, leg)?.charge(&request)).await {
        Ok(answer) => record_answer(site, intent, leg, answer).await,
        Err(CardsError::Refused(reason)) => {
            tracing::warn!(reason, leg = %leg.id, "the card provider refused a charge");
            let mut tx = site.database.begin().await?;
            let update = LegUpdate::Failed { code: "refused".to_owned() };
            let payment = record_result(site, &mut tx, intent, leg, None, update).await?;
            tx.commit().await?;
            Ok(payment)
        }
        // The result is not known: the job, or the next visit of the payer, asks for it.
        Err(error) => {
            tracing::warn!(error = %Causes(&error), leg = %leg.id, "a charge has no answer");
            Ok(payment)
        }
    }
}
