//! Paying for a booking by card.

use accounts::Caller;
use bookings::{Booking, BookingsError, NotPayable};
use cards::{CardInput, CardsError, ChargeRequest, TestCard};
use chrono::TimeDelta;
use database::{Connection, Tx};
use kernel::{BookingId, Causes, FieldFault, Secret};
use payments::commands::{self, LegNews};
use payments::queries::{self, Payment};
use payments::{Intent, Leg, LegState, PaymentsError};
use site::{Services, links};

use super::asked;
use super::provider::{AskProvider, give_up_leg, note, note_news, refresh_leg};
use crate::WorkflowError;
use crate::booking::{BookingSide, load_visible};

/// A charge whose answer was lost is asked about after this.
const ASK_AFTER: TimeDelta = TimeDelta::seconds(15);

/// A card as the payer gave it.
#[derive(Debug, Clone)]
pub struct PayCard {
    pub number: Secret<String>,
}

/// Digits that card numbers have.
const DIGITS: std::ops::RangeInclusive<usize> = 12..=19;

/// What is wrong with a card's number, before anybody is asked.
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

/// Pays what is still due. An earlier try that is not over is asked about first: one at a time takes money.
///
/// The answer shows how it stands: captured, declined, waiting for the payer at `action_url`, or not known yet.
pub async fn pay(site: &Services, caller: &Caller, id: BookingId, card: PayCard) -> Result<Payment, WorkflowError> {
    check_number(card.number.expose())?;
    let (booking, open) = own_booking(site, caller, id).await?;
    if let Some(open) = open {
        match open.state {
            // The payer went back and takes another card.
            LegState::ActionRequired => give_up_leg(site, &open).await?,
            _ => refresh_leg(site, &open).await?,
        }
        let payment = payment_of(site, id).await?;
        match payment.legs.iter().find(|leg| leg.id == open.id).map(|leg| leg.state) {
            // We stopped between writing it down and sending it: sent again under its own key it is still one charge.
            Some(LegState::Created) => {
                check_payable(site, &booking)?;
                charge(site, &payment.intent, &open, card).await?;
                return payment_of(site, id).await;
            }
            Some(state) if state.is_open() || state == LegState::Captured => return Ok(payment),
            _ => {}
        }
    }
    let (intent, leg) = begin(site, caller, id).await?;
    charge(site, &intent, &leg, card).await?;
    payment_of(site, id).await
}

/// The numbers that the sandbox understands; none when real cards are taken.
pub fn test_cards(site: &Services) -> &'static [TestCard] {
    site.cards.sandbox().map_or(&[], |_| &cards::TEST_CARDS)
}

/// The leg whose payer the sandbox bank asks, for that payer alone.
pub async fn see_challenge(
    connection: &mut Connection,
    caller: &Caller,
    provider_ref: &str,
) -> Result<(Intent, Leg), WorkflowError> {
    let (intent, leg) = queries::by_provider_ref(&mut *connection, provider_ref).await?;
    let payment = super::see(connection, caller, intent).await?;
    if payment.intent.customer != caller.id {
        return Err(PaymentsError::NotFound.into());
    }
    let leg = payment.legs.into_iter().find(|one| one.id == leg).ok_or(PaymentsError::NotFound)?;
    Ok((payment.intent, leg))
}

/// The payer's answer to the question of the sandbox bank; tells whose booking it is about.
pub async fn answer_challenge(site: &Services, provider_ref: &str, passed: bool) -> Result<BookingId, WorkflowError> {
    let sandbox = site.cards.sandbox().ok_or(PaymentsError::NotFound)?;
    let mut connection = site.database.acquire().await?;
    let (intent, leg) = queries::by_provider_ref(&mut connection, provider_ref).await?;
    let payment = queries::payment(&mut connection, intent).await?;
    let leg = payment.legs.into_iter().find(|one| one.id == leg).ok_or(PaymentsError::NotFound)?;
    drop(connection);
    match sandbox.answer_challenge(provider_ref, passed).await {
        Ok(answer) => note(site, &leg, answer).await?,
        Err(CardsError::Unknown) => return Err(PaymentsError::NotFound.into()),
        Err(error) => return Err(error.into()),
    }
    Ok(payment.intent.booking)
}

/// The caller's own booking, with the leg that may still take money.
async fn own_booking(site: &Services, caller: &Caller, id: BookingId) -> Result<(Booking, Option<Leg>), WorkflowError> {
    let mut connection = site.database.acquire().await?;
    let seen = load_visible(&mut connection, caller, id).await?;
    if seen.side != BookingSide::Customer {
        return Err(BookingsError::NotYourMove.into());
    }
    let payment = queries::payment_of(&mut connection, id).await?;
    Ok((seen.booking, payment.and_then(|payment| payment.legs.into_iter().find(|leg| leg.state.is_open()))))
}

/// Writes down what is about to be charged, so that a crash in between loses nothing.
async fn begin(site: &Services, caller: &Caller, id: BookingId) -> Result<(Intent, Leg), WorkflowError> {
    let now = site.clock.now();
    let mut tx = site.database.begin().await?;
    let booking = bookings::commands::lock(&mut tx, id).await?;
    check_payable(site, &booking)?;
    let until = booking.hold_expires_at.unwrap_or(now);
    let due = booking.terms.total();
    let intent = commands::open_intent(&mut tx, &*site.chance, now, id, caller.id, due, until).await?;
    let intent = commands::lock_intent(&mut tx, intent.id).await?;
    let leg = commands::open_card_leg(&mut tx, &*site.chance, now, &intent, site.cards.name()).await?;
    ask_later(site, &mut tx, &leg).await?;
    tx.commit().await?;
    Ok((intent, leg))
}

fn check_payable(site: &Services, booking: &Booking) -> Result<(), WorkflowError> {
    booking.payable(site.clock.now()).map_err(|reason| match reason {
        NotPayable::AlreadyPaid => PaymentsError::AlreadyPaid.into(),
        NotPayable::HoldLapsed | NotPayable::Begun => WorkflowError::HoldLapsed,
        NotPayable::NotAgreed | NotPayable::Over => BookingsError::State { status: booking.status }.into(),
    })
}

async fn ask_later(site: &Services, tx: &mut Tx, leg: &Leg) -> Result<(), WorkflowError> {
    let now = site.clock.now();
    jobs::enqueue(tx, &*site.chance, now, &AskProvider { leg: leg.id }, now + ASK_AFTER).await?;
    Ok(())
}

async fn charge(site: &Services, intent: &Intent, leg: &Leg, card: PayCard) -> Result<(), WorkflowError> {
    let request = ChargeRequest {
        idempotency_key: leg.id.to_string(),
        amount: leg.share,
        card: CardInput { number: card.number },
        return_url: site.settings.url(&links::booking(intent.booking)),
    };
    match asked("card charge", site.cards.charge(&request)).await {
        Ok(answer) => note(site, leg, answer).await,
        Err(CardsError::Refused(reason)) => {
            tracing::warn!(reason, leg = %leg.id, "the card provider refused a charge");
            let mut tx = site.database.begin().await?;
            note_news(site, &mut tx, leg.id, None, LegNews::Failed { code: "refused".to_owned() }).await?;
            Ok(tx.commit().await?)
        }
        // Whether it was charged is not known: the job and the payer's next look ask.
        Err(error) => {
            tracing::warn!(error = %Causes(&error), leg = %leg.id, "a charge has no answer");
            Ok(())
        }
    }
}

async fn payment_of(site: &Services, id: BookingId) -> Result<Payment, WorkflowError> {
    let mut connection = site.database.acquire().await?;
    Ok(queries::payment_of(&mut connection, id).await?.ok_or(PaymentsError::NotFound)?)
}
