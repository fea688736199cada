//! Chargebacks: providers are asked every hour what banks took back. What is unspent of that is taken back (`taken_back.rs`); the rest is a
//! case for our staff. What a bank gives back, because it let the payment stand, goes back to where it was (`given_back.rs`).

use std::cmp::Reverse;
use std::collections::HashSet;

use accounts::Caller;
use cards::{CardDispute, CardProvider};
use chrono::TimeDelta;
use database::Tx;
use gift_cards::{OrderState, orders};
use jobs::{Failure, Lane, ScheduledTask};
use kernel::{Causes, ChargebackId, GiftCardId, Instant};
use payments::{
    Chargeback, ChargebackState, Dispute, PaidFor, PaymentChanges, PaymentsError, chargebacks, commands, queries,
};
use site::Services;

use super::given_back::give_back;
use super::record::save;
use super::subject::PaymentSubject;
use super::taken_back::take_back;
use super::{call_provider, failure};
use crate::WorkflowError;
use crate::gift_card::SettleLoyalty;
use crate::lanes;

/// Payers can dispute a charge for months, so each run asks about all of that time. Each dispute is recorded once.
const ASKED_FOR: TimeDelta = TimeDelta::days(120);

/// Hourly: asks each provider what was charged back and how that ended, and looks again for what open cases miss.
#[derive(Debug)]
pub(crate) struct AskChargebacks;

impl ScheduledTask for AskChargebacks {
    type Context = Services;
    const KIND: &'static str = "ask_chargebacks";
    const LANE: &'static Lane = &lanes::LOOK_UPS;
    const IS_NEW: bool = true;

    async fn run(site: &Services, _: Instant) -> Result<(), Failure> {
        look_again(site).await?;
        let mut asked = Ok(());
        for provider in site.providers.all() {
            // One that does not answer holds up no other; it is asked again when the job is retried.
            if let Err(error) = ask(site, provider).await {
                asked = Err(failure(&error));
            }
        }
        asked
    }
}

async fn ask(site: &Services, provider: &dyn CardProvider) -> Result<(), WorkflowError> {
    let since = site.clock.now() - ASKED_FOR;
    let mut disputes = call_provider("card disputes", provider.disputes(since)).await?;
    let refs: Vec<String> = disputes.iter().map(|dispute| dispute.dispute_ref.clone()).collect();
    let won = disputes.iter().filter(|dispute| dispute.is_won).map(|dispute| dispute.dispute_ref.clone()).collect();
    let known = chargebacks::known(&mut *site.database.acquire().await?, provider.name(), &refs).await?;
    let known: HashSet<String> = known.into_iter().collect();
    disputes.retain(|dispute| !known.contains(&dispute.dispute_ref));
    // The newest first, because most of their value is still unspent.
    disputes.sort_by_key(|dispute| Reverse(dispute.opened_at));
    for dispute in disputes {
        // One that cannot be recorded holds up no other. Boxed, since one future with all that follows is large.
        if let Err(error) = Box::pin(record(site, provider.name(), &dispute)).await {
            tracing::error!(error = %Causes(&error), dispute = %dispute.dispute_ref, "a chargeback could not be recorded");
        }
    }
    win_all(site, provider, won).await
}

/// Writes down which disputes were won, each once.
async fn win_all(site: &Services, provider: &dyn CardProvider, won: Vec<String>) -> Result<(), WorkflowError> {
    let unwon = chargebacks::unwon(&mut *site.database.acquire().await?, provider.name(), &won).await?;
    for id in unwon {
        if let Err(error) = Box::pin(win(site, id)).await {
            tracing::error!(error = %Causes(&error), chargeback = %id, "a chargeback that was won could not be recorded");
        }
    }
    Ok(())
}

/// Records a dispute once, with what is found of it.
async fn record(site: &Services, provider: &str, dispute: &CardDispute) -> Result<(), WorkflowError> {
    let mut connection = site.database.acquire().await?;
    let (payment, leg) = queries::by_provider_ref(&mut connection, provider, &dispute.provider_ref).await?;
    drop(connection);
    let (chance, now) = (&*site.chance, site.clock.now());
    let mut tx = site.database.begin().await?;
    let mut subject = PaymentSubject::lock(&mut tx, payment.intent.paid_for).await?;
    let mut changes = PaymentChanges::of(commands::lock(&mut tx, payment.intent.id).await?);
    let CardDispute { dispute_ref, amount, opened_at, .. } = dispute;
    let dispute = Dispute { provider, dispute_ref, amount: *amount, opened_at: *opened_at };
    let Some(case) = chargebacks::record(&mut tx, chance, now, &mut changes, leg, &dispute).await? else {
        return Ok(());
    };
    save(site, &mut tx, now, &mut changes).await?;
    match &mut subject {
        PaymentSubject::GiftCardOrder(order) => {
            if order.state == OrderState::Paid && case.amount.amount_minor >= order.value.amount_minor {
                order.state = OrderState::Returned;
                orders::save(&mut tx, now, order).await?;
            }
        }
        PaymentSubject::Booking(booking) => {
            jobs::enqueue(&mut tx, chance, now, &SettleLoyalty::after_loss(booking.id, case.id), now).await?;
        }
    }
    Box::pin(take_back(site, &mut tx, changes.payment(), case)).await?;
    Ok(tx.commit().await?)
}

/// The bank let a payment stand after all: in one transaction the provider owes us again, and all that was found of it otherwise is where
/// it was before.
async fn win(site: &Services, id: ChargebackId) -> Result<(), WorkflowError> {
    let about = chargebacks::chargeback(&mut *site.database.acquire().await?, id).await?;
    let (chance, now) = (&*site.chance, site.clock.now());
    let mut tx = site.database.begin().await?;
    let mut subject = PaymentSubject::lock(&mut tx, about.paid_for).await?;
    let mut changes = PaymentChanges::of(commands::lock(&mut tx, about.intent).await?);
    let case = chargebacks::lock(&mut tx, id).await?;
    if case.won_at.is_some() {
        return Ok(());
    }
    let case = chargebacks::win(&mut tx, chance, now, &mut changes, case).await?;
    save(site, &mut tx, now, &mut changes).await?;
    let is_whole = changes.payment().chargebacks.iter().all(|one| one.is_won);
    if let PaymentSubject::GiftCardOrder(order) = &mut subject
        && order.state == OrderState::Returned
        && is_whole
        && changes.payment().kept_minor() > 0
    {
        order.state = OrderState::Paid;
        orders::save(&mut tx, now, order).await?;
    }
    Box::pin(give_back(site, &mut tx, &case, is_whole)).await?;
    Ok(tx.commit().await?)
}

/// Looks for value again: what was set aside, or had paid for a booking that was cancelled since, may have come back to cards or credit.
async fn look_again(site: &Services) -> Result<(), WorkflowError> {
    let open = chargebacks::open(&mut *site.database.acquire().await?).await?;
    for id in open {
        if let Err(error) = Box::pin(look_again_for(site, id)).await {
            tracing::error!(error = %Causes(&error), chargeback = %id, "what a chargeback misses could not be looked for");
        }
    }
    Ok(())
}

async fn look_again_for(site: &Services, id: ChargebackId) -> Result<(), WorkflowError> {
    let about = chargebacks::chargeback(&mut *site.database.acquire().await?, id).await?;
    let mut tx = site.database.begin().await?;
    PaymentSubject::lock(&mut tx, about.paid_for).await?;
    let payment = commands::lock(&mut tx, about.intent).await?;
    let case = chargebacks::lock(&mut tx, id).await?;
    if case.state == ChargebackState::Open {
        Box::pin(take_back(site, &mut tx, &payment, case)).await?;
    }
    Ok(tx.commit().await?)
}

/// Closes a case with a note; what was not found again is lost. The caller commits.
pub async fn close_chargeback(
    site: &Services,
    tx: &mut Tx,
    caller: &Caller,
    id: ChargebackId,
    note: &str,
) -> Result<Chargeback, WorkflowError> {
    let about = chargebacks::chargeback(tx, id).await?;
    PaymentSubject::lock(tx, about.paid_for).await?;
    commands::lock(tx, about.intent).await?;
    let case = chargebacks::lock(tx, id).await?;
    if case.customer == caller.id || has_card_of(tx, caller, case.paid_for).await? {
        return Err(PaymentsError::OwnCase.into());
    }
    Ok(chargebacks::close(tx, &*site.chance, site.clock.now(), case, note, caller.id).await?)
}

/// Whether the caller has what was bought with the disputed payment: when the case is closed, nothing more is taken of it.
async fn has_card_of(tx: &mut Tx, caller: &Caller, paid_for: PaidFor) -> Result<bool, WorkflowError> {
    let Some(order) = paid_for.order() else { return Ok(false) };
    let cards: Vec<GiftCardId> = orders::cards_of(tx, &[order]).await?.into_iter().map(|one| one.card).collect();
    Ok(gift_cards::queries::has_own(tx, &cards, caller.id).await?)
}
