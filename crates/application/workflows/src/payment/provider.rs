//! What the provider says of a leg, however we came to hear it: written down once, with what follows for the booking.

use bookings::{Booking, CancelledBy, PaymentStatus};
use cards::{CardPayment, CardState};
use chrono::TimeDelta;
use database::{Connection, Tx};
use jobs::{Attempt, Failure, Job, Lane};
use kernel::{BookingId, Instant, IntentId, LegId, Money};
use payments::commands::{self, LegNews, NO_ANSWER};
use payments::queries::{self, Payment};
use payments::{IntentState, Leg, LegState, PaymentsError, RefundReason};
use serde::{Deserialize, Serialize};
use site::Services;

use super::asked;
use super::refund::{owe_refund, return_charge_later};
use crate::WorkflowError;
use crate::background::lanes;

/// A charge that the provider has not heard of after this long never reached it.
const NEVER_ARRIVED_AFTER: TimeDelta = TimeDelta::seconds(30);

/// For so long a charge that never seemed to arrive is looked for.
const LOOKED_FOR: TimeDelta = TimeDelta::hours(12);
/// Why a leg failed whose charge was not for its share.
const OTHER_AMOUNT: &str = "other_amount";

/// The job that asks how a leg stands until the provider knows.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct AskProvider {
    pub leg: LegId,
}

impl Job for AskProvider {
    type Context = Services;
    const KIND: &'static str = "ask_provider";
    const LANE: &'static Lane = &lanes::LOOK_UPS;

    fn key(&self, _: Instant) -> String {
        self.leg.to_string()
    }

    async fn run(self, site: &Services, _: &Attempt) -> Result<(), Failure> {
        ask_provider(site, self.leg).await
    }
}

/// The job that cancels the open legs of a booking.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct GiveUp {
    pub booking: BookingId,
}

impl Job for GiveUp {
    type Context = Services;
    const KIND: &'static str = "give_up_payment";
    const LANE: &'static Lane = &lanes::LOOK_UPS;

    fn key(&self, _: Instant) -> String {
        self.booking.to_string()
    }

    async fn run(self, site: &Services, _: &Attempt) -> Result<(), Failure> {
        if give_up(site, self.booking).await? { Ok(()) } else { Err(not_known_yet()) }
    }
}

fn not_known_yet() -> Failure {
    Failure::Retry("the provider does not know yet".to_owned())
}

/// Asks the provider how the open legs of a payment stand.
pub async fn refresh(site: &Services, id: IntentId) -> Result<Payment, WorkflowError> {
    for leg in read(site, id).await?.legs.iter().filter(|leg| leg.state.is_open()) {
        refresh_leg(site, leg).await?;
    }
    read(site, id).await
}

async fn read(site: &Services, id: IntentId) -> Result<Payment, WorkflowError> {
    let mut connection = site.database.acquire().await?;
    Ok(queries::payment(&mut connection, id).await?)
}

/// Asks the provider how a leg stands.
pub(super) async fn refresh_leg(site: &Services, leg: &Leg) -> Result<(), WorkflowError> {
    match asked("card look-up", site.cards.find(&leg.id.to_string())).await? {
        Some(answer) => note(site, leg, answer).await,
        None if leg.state.is_open() && site.clock.now() - leg.created_at > NEVER_ARRIVED_AFTER => {
            let mut tx = site.database.begin().await?;
            note_news(site, &mut tx, leg.id, None, LegNews::Failed { code: NO_ANSWER.to_owned() }).await?;
            Ok(tx.commit().await?)
        }
        None => Ok(()),
    }
}

/// Gives up a leg at the provider; if it was too late for that, the money is here and counts.
pub(super) async fn give_up_leg(site: &Services, leg: &Leg) -> Result<(), WorkflowError> {
    match asked("card cancellation", site.cards.cancel(&leg.id.to_string())).await? {
        Some(answer) => note(site, leg, answer).await,
        None => refresh_leg(site, leg).await,
    }
}

/// Gives up whatever is still open for a booking. `false` when the provider does not know yet how it ends.
pub(crate) async fn give_up(site: &Services, booking: BookingId) -> Result<bool, WorkflowError> {
    let mut connection = site.database.acquire().await?;
    let legs = open_legs(&mut connection, booking).await?;
    // No connection is held while the provider thinks.
    drop(connection);
    if legs.is_empty() {
        return Ok(true);
    }
    for leg in &legs {
        give_up_leg(site, leg).await?;
    }
    Ok(!has_open_legs(&mut *site.database.acquire().await?, booking).await?)
}

/// Whether a try to pay for a booking is not over yet, so that the provider has to be asked how it ends.
pub(crate) async fn has_open_legs(connection: &mut Connection, booking: BookingId) -> Result<bool, WorkflowError> {
    Ok(!open_legs(connection, booking).await?.is_empty())
}

async fn open_legs(connection: &mut Connection, booking: BookingId) -> Result<Vec<Leg>, WorkflowError> {
    let payment = queries::payment_of(connection, booking).await?;
    let legs = payment.map_or_else(Vec::new, |payment| payment.legs);
    Ok(legs.into_iter().filter(|leg| leg.state.is_open()).collect())
}

/// Enqueues, in this transaction, a job that cancels open legs.
pub(crate) async fn give_up_later(site: &Services, tx: &mut Tx, booking: BookingId) -> Result<(), WorkflowError> {
    if queries::payment_of(tx, booking).await?.is_none() {
        return Ok(());
    }
    close_unpaid(tx, booking).await?;
    let now = site.clock.now();
    jobs::enqueue(tx, &*site.chance, now, &GiveUp { booking }, now).await?;
    Ok(())
}

/// Notes that nobody paid for a booking in time. The booking is locked.
pub(crate) async fn close_unpaid(tx: &mut Tx, booking: BookingId) -> Result<(), WorkflowError> {
    match queries::payment_of(tx, booking).await? {
        Some(payment) if payment.intent.state == IntentState::Open => {
            Ok(commands::close_unpaid(tx, payment.intent.id, true).await?)
        }
        _ => Ok(()),
    }
}

/// Asks until the provider knows. A charge that never seemed to arrive may be on its way still, and is money: it is looked for until
/// there is no hope.
async fn ask_provider(site: &Services, id: LegId) -> Result<(), Failure> {
    let leg = leg(site, id).await?;
    if !may_bring_news(&leg) {
        return Ok(());
    }
    refresh_leg(site, &leg).await?;
    let leg = self::leg(site, id).await?;
    let is_given_up = leg.state == LegState::Failed && site.clock.now() - leg.created_at > LOOKED_FOR;
    if may_bring_news(&leg) && !is_given_up {
        return Err(not_known_yet());
    }
    Ok(())
}

/// Whether it is worth asking about a leg by ourselves. A payer who was asked to prove who they are has until the hold lapses; its deadline
/// looks after that.
fn may_bring_news(leg: &Leg) -> bool {
    match leg.state {
        LegState::Created | LegState::Processing => true,
        LegState::Failed => leg.failure_code.as_deref() == Some(NO_ANSWER),
        _ => false,
    }
}

async fn leg(site: &Services, id: LegId) -> Result<Leg, WorkflowError> {
    let mut connection = site.database.acquire().await?;
    let intent = queries::intent_of_leg(&mut connection, id).await?;
    let payment = queries::payment(&mut connection, intent).await?;
    Ok(payment.legs.into_iter().find(|leg| leg.id == id).ok_or(PaymentsError::NotFound)?)
}

/// Writes down how the provider says a leg stands. Another amount than was asked for pays nothing, and goes back.
pub(super) async fn note(site: &Services, leg: &Leg, answer: CardPayment) -> Result<(), WorkflowError> {
    let odd = (answer.state == CardState::Succeeded && answer.amount != leg.share).then_some(answer.amount);
    let news = match answer.state {
        _ if odd.is_some() => LegNews::Failed { code: OTHER_AMOUNT.to_owned() },
        CardState::Succeeded => LegNews::Captured,
        CardState::Declined { code } => LegNews::Failed { code },
        CardState::ActionRequired { url } => LegNews::ActionRequired { url },
        CardState::Processing => LegNews::Processing,
        CardState::Cancelled => LegNews::Void,
    };
    let mut tx = site.database.begin().await?;
    if let Some(amount) = odd {
        tracing::error!(leg = %leg.id, taken = %amount, share = %leg.share, "the card provider took another amount than it was asked for");
        return_charge_later(site, &mut tx, leg.id, &answer.provider_ref, amount).await?;
    }
    note_news(site, &mut tx, leg.id, Some(answer.provider_ref), news).await?;
    Ok(tx.commit().await?)
}

/// Why money that came too late is not kept.
fn why_it_goes_back(booking: &Booking) -> RefundReason {
    match booking.cancelled_by {
        Some(CancelledBy::Customer) => RefundReason::CancelledByCustomer,
        Some(CancelledBy::Talent) => RefundReason::CancelledByTalent,
        Some(CancelledBy::Staff | CancelledBy::System) => RefundReason::Staff,
        None => RefundReason::SlotLost,
    }
}

/// Writes down news of a leg. The news that it was captured confirms the booking in the same transaction, or owes the money back.
pub(super) async fn note_news(
    site: &Services,
    tx: &mut Tx,
    leg: LegId,
    provider_ref: Option<String>,
    news: LegNews,
) -> Result<(), WorkflowError> {
    let now = site.clock.now();
    let id = queries::intent_of_leg(tx, leg).await?;
    let booking = queries::payment(tx, id).await?.intent.booking;
    // Everywhere the booking is locked before its payment.
    let mut booking = bookings::commands::lock(tx, booking).await?;
    let intent = commands::lock_intent(tx, id).await?;
    let Some(captured) = commands::note_leg(tx, &*site.chance, now, &intent, leg, provider_ref, news).await? else {
        return Ok(());
    };
    let surplus = commands::surplus_minor(tx, &intent).await?;
    match booking.payment_status {
        // Another leg has paid for this, whatever became of it since.
        PaymentStatus::Paid | PaymentStatus::Refunding | PaymentStatus::PartlyRefunded | PaymentStatus::Refunded => {
            owe_refund(site, tx, booking.id, captured, RefundReason::PaidTwice).await
        }
        PaymentStatus::None | PaymentStatus::Pending if surplus < 0 => Ok(()),
        PaymentStatus::None | PaymentStatus::Pending => {
            if bookings::commands::confirm_if_free(tx, &*site.chance, now, &mut booking).await? {
                return Ok(commands::settle(tx, now, id).await?);
            }
            let all = Money::new(intent.due.amount_minor + surplus, intent.due.currency);
            owe_refund(site, tx, booking.id, all, why_it_goes_back(&booking)).await
        }
    }
}
