//! Chargebacks: providers are asked every hour what banks took back. What is unspent of a gift card that was bought with it is taken back,
//! wherever it is by now; the rest is a case for our staff.

use accounts::Caller;
use cards::{CardDispute, CardProvider};
use chrono::TimeDelta;
use database::Tx;
use gift_cards::{CardChanges, CardCommand, CardState, GiftCard, OrderState, WHY_CHARGED_BACK, orders};
use jobs::{Failure, Lane, ScheduledTask};
use kernel::{Actor, Causes, ChargebackId, GiftCardId, GiftCardOrderId, Instant, Money};
use payments::{Chargeback, ChargebackState, Dispute, PaidFor, PaymentsError, chargebacks, commands, queries};
use site::Services;

use super::subject::PaymentSubject;
use super::{call_provider, failure};
use crate::WorkflowError;
use crate::background::lanes;

/// Banks hear payers for months. Each dispute is recorded once, so that asking again costs nothing.
const ASKED_FOR: TimeDelta = TimeDelta::days(120);

/// Hourly: asks each provider what was charged back, and looks again for what open cases miss.
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
    for dispute in call_provider("card disputes", provider.disputes(since)).await? {
        // One that cannot be recorded holds up no other.
        if let Err(error) = record(site, provider.name(), &dispute).await {
            tracing::error!(error = %Causes(&error), dispute = %dispute.dispute_ref, "a chargeback could not be recorded");
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
    let payment = commands::lock(&mut tx, payment.intent.id).await?;
    let CardDispute { dispute_ref, amount, opened_at, .. } = dispute;
    let dispute = Dispute { provider, dispute_ref, amount: *amount, opened_at: *opened_at };
    let Some(case) = chargebacks::record(&mut tx, chance, now, &payment, leg, &dispute).await? else {
        return Ok(());
    };
    if let PaymentSubject::GiftCardOrder(order) = &mut subject {
        let id = order.id;
        if order.state == OrderState::Paid && case.amount.amount_minor >= order.value.amount_minor {
            order.state = OrderState::Returned;
            orders::save(&mut tx, now, order).await?;
        }
        take_back(site, &mut tx, id, case).await?;
    }
    Ok(tx.commit().await?)
}

/// What was set aside, or had paid for a booking that was called off, may have come back to the stopped cards meanwhile.
async fn look_again(site: &Services) -> Result<(), WorkflowError> {
    let open = chargebacks::open(&mut *site.database.acquire().await?).await?;
    for id in open {
        if let Err(error) = look_again_for(site, id).await {
            tracing::error!(error = %Causes(&error), chargeback = %id, "what a chargeback misses could not be looked for");
        }
    }
    Ok(())
}

async fn look_again_for(site: &Services, id: ChargebackId) -> Result<(), WorkflowError> {
    let about = chargebacks::chargeback(&mut *site.database.acquire().await?, id).await?;
    let PaidFor::GiftCardOrder(order) = about.paid_for else { return Ok(()) };
    let mut tx = site.database.begin().await?;
    PaymentSubject::lock(&mut tx, about.paid_for).await?;
    commands::lock(&mut tx, about.intent).await?;
    let case = chargebacks::lock(&mut tx, id).await?;
    if case.state == ChargebackState::Open {
        take_back(site, &mut tx, order, case).await?;
    }
    Ok(tx.commit().await?)
}

/// Stops every card that holds what was bought, and takes what is on them, at most what is missing. Lock order: the order, its payment, the
/// case, then the cards.
async fn take_back(
    site: &Services,
    tx: &mut Tx,
    order: GiftCardOrderId,
    case: Chargeback,
) -> Result<Chargeback, WorkflowError> {
    let (now, to, currency) = (site.clock.now(), case.receivable(), case.amount.currency);
    let (mut changes, mut missing) = (CardChanges::default(), case.rest().amount_minor);
    for mut card in lock_cards(tx, order).await? {
        let is_running = matches!(card.state, CardState::Active | CardState::Scheduled) && !card.has_expired(now);
        if is_running {
            changes.carry_out(&mut card, CardCommand::Freeze, Actor::SYSTEM, Some(WHY_CHARGED_BACK.to_owned()), now)?;
        }
        let amount = Money::new(card.balance.amount_minor.min(missing), currency);
        if card.state == CardState::Frozen && amount.amount_minor > 0 {
            let command = CardCommand::ChargeBack { to, amount };
            changes.carry_out(&mut card, command, Actor::SYSTEM, Some(WHY_CHARGED_BACK.to_owned()), now)?;
            missing -= amount.amount_minor;
        }
    }
    let found = Money::new(case.rest().amount_minor - missing, currency);
    if !changes.is_empty() {
        gift_cards::commands::save(tx, &*site.chance, now, &changes).await?;
    }
    match found.amount_minor {
        0 => Ok(case),
        _ => Ok(chargebacks::find(tx, now, case, found).await?),
    }
}

/// Locks the cards that hold what was bought. A card that was sent on before its lock was there has brought another one.
async fn lock_cards(tx: &mut Tx, order: GiftCardOrderId) -> Result<Vec<GiftCard>, WorkflowError> {
    let mut known: Vec<GiftCardId> = Vec::new();
    loop {
        let reached: Vec<GiftCardId> = orders::cards_of(tx, &[order]).await?.into_iter().map(|one| one.card).collect();
        let cards = gift_cards::commands::lock_all(tx, &reached).await?;
        if reached == known {
            return Ok(cards);
        }
        known = reached;
    }
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
    if case.customer == caller.id {
        return Err(PaymentsError::OwnCase.into());
    }
    Ok(chargebacks::close(tx, &*site.chance, site.clock.now(), case, note, caller.id).await?)
}
