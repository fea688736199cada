//! Mails bought cards to their recipients, at the moment that the buyer chose.

use accounts::{Caller, fields};
use database::Tx;
use gift_cards::{CardCommand, CardState, GiftCard, GiftCardOrder, GiftCardsError, GiftRecipient, commands, orders};
use jobs::{Attempt, Failure, Job, Lane, ScheduledTask, occurrence_key};
use kernel::{Actor, Causes, GiftCardId, GiftCardOrderId, Instant, Money, RefundRequestId};
use notifications::NewMail;
use notifications::texts::gift_card::{self as texts, SentCard};
use serde::{Deserialize, Serialize};
use site::{Services, links};

use super::carry_out;
use super::transfer::take_place;
use crate::WorkflowError;
use crate::lanes;
use crate::mail::enqueue;

/// The most cards that one run mails.
const DUE_AT_ONCE: i64 = 200;

/// The job that mails a bought card. The code is made when the job runs, so that it is nowhere but in the mail.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct DeliverGiftCard {
    pub order: GiftCardOrderId,
    /// Set when staff let a card go on that they had stopped before it was delivered, so that the key differs from that of the first job.
    #[serde(default)]
    pub again: Option<Instant>,
}

impl Job for DeliverGiftCard {
    type Context = Services;
    const KIND: &'static str = "deliver_gift_card";
    const LANE: &'static Lane = &lanes::INTERNAL;
    const IS_NEW: bool = true;

    fn key(&self, _: Instant) -> String {
        match self.again {
            Some(again) => format!("{}/{}", self.order, occurrence_key(again)),
            None => self.order.to_string(),
        }
    }

    async fn run(self, site: &Services, _: &Attempt) -> Result<(), Failure> {
        Ok(deliver(site, self.order).await?)
    }
}

/// Hourly: mails cards whose moment has come and that no job has mailed, such as those of demo data.
#[derive(Debug)]
pub(crate) struct DeliverDueCards;

impl ScheduledTask for DeliverDueCards {
    type Context = Services;
    const KIND: &'static str = "deliver_due_gift_cards";
    const LANE: &'static Lane = &lanes::INTERNAL;
    const IS_NEW: bool = true;

    async fn run(site: &Services, _: Instant) -> Result<(), Failure> {
        Ok(deliver_due(site).await?)
    }
}

async fn deliver_due(site: &Services) -> Result<(), WorkflowError> {
    let due = orders::due(&mut *site.database.acquire().await?, site.clock.now(), DUE_AT_ONCE).await?;
    for order in due {
        // One that cannot be mailed holds up no other.
        if let Err(error) = deliver(site, order).await {
            tracing::error!(error = %Causes(&error), order = %order, "a gift card that is due could not be mailed");
        }
    }
    Ok(())
}

async fn deliver(site: &Services, id: GiftCardOrderId) -> Result<(), WorkflowError> {
    let mut tx = site.database.begin().await?;
    let mut order = orders::lock(&mut tx, id).await?;
    let (Some(card), Some(recipient), None) = (order.card, order.recipient.clone(), order.delivered_at) else {
        return Ok(());
    };
    let mut card = commands::lock(&mut tx, card).await?;
    match card.state {
        CardState::Scheduled => {
            carry_out(site, &mut tx, &mut card, CardCommand::Deliver, Actor::SYSTEM, None).await?;
        }
        // It was stopped and let go on before.
        CardState::Active => {}
        // Taken back, or stopped. Letting a stopped card go on enqueues this job again.
        CardState::Frozen | CardState::Expired | CardState::Void => return Ok(()),
    }
    mail_code(site, &mut tx, &card, &order, &recipient).await?;
    order.delivered_at = Some(site.clock.now());
    orders::save(&mut tx, site.clock.now(), &order).await?;
    Ok(tx.commit().await?)
}

/// Has a card mailed that goes on and was stopped before that, at its moment or now.
pub(crate) async fn deliver_late(site: &Services, tx: &mut Tx, card: GiftCardId) -> Result<(), WorkflowError> {
    let now = site.clock.now();
    if let Some((order, deliver_at)) = orders::undelivered(tx, card).await? {
        let at = deliver_at.unwrap_or(now).max(now);
        jobs::enqueue(tx, &*site.chance, now, &DeliverGiftCard { order, again: Some(now) }, at).await?;
    }
    Ok(())
}

/// Mails the card of the caller's order again, because the mail was lost or went to a wrong address: to `email`, with a new code. The code
/// before opens nothing any more. Other people's orders count as missing.
pub async fn deliver_again(
    site: &Services,
    tx: &mut Tx,
    caller: &Caller,
    id: GiftCardOrderId,
    email: &str,
) -> Result<GiftCardOrder, WorkflowError> {
    let now = site.clock.now();
    let mut order = orders::lock(tx, id).await?;
    if order.buyer != caller.id {
        return Err(GiftCardsError::NotFound.into());
    }
    let email = fields::email(email).map_err(|fault| GiftCardsError::Fields(vec![fault]))?;
    let (Some(card), Some(recipient), Some(_)) = (order.card, &mut order.recipient, order.delivered_at) else {
        return Err(GiftCardsError::NotOffered.into());
    };
    recipient.email = email;
    let recipient = recipient.clone();
    let mut card = commands::lock(tx, card).await?;
    carry_out(site, tx, &mut card, CardCommand::Deliver, Actor::customer(caller.id), None).await?;
    // Counted only now: a refused call sends no mail, and must not use up the caller's mails of the day.
    take_place(tx, caller.id, now).await?;
    mail_code(site, tx, &card, &order, &recipient).await?;
    order.delivered_at = Some(now);
    orders::save(tx, now, &order).await?;
    Ok(order)
}

async fn mail_code(
    site: &Services,
    tx: &mut Tx,
    card: &GiftCard,
    order: &GiftCardOrder,
    recipient: &GiftRecipient,
) -> Result<(), WorkflowError> {
    let now = site.clock.now();
    let code = commands::renew_code(tx, &*site.chance, &site.gift_codes, now, card.id).await?;
    let shown = code.shown();
    let sent = SentCard {
        sender: &recipient.from,
        amount: card.balance,
        message: Some(recipient.message.as_str()).filter(|message| !message.is_empty()),
        code: shown.expose(),
        last_day: card.last_day.map(|last| (last.day, last.zone.name())),
    };
    let link = site.settings.url(&links::claim_card(shown.expose()));
    let mail = NewMail {
        dedupe_key: format!("gift_card_bought/{}/{}", order.id, card.version),
        person: None,
        to_address: recipient.email.clone(),
        to_name: recipient.name.clone(),
        template: "gift_card_bought",
        text: texts::sent(&sent, &link),
        attachment: None,
    };
    enqueue(site, tx, &mail).await
}

/// Tells the buyer of a card that a part of its price, or all of it, goes back.
pub(crate) async fn mail_granted_order_refund(
    site: &Services,
    tx: &mut Tx,
    order: &GiftCardOrder,
    request: RefundRequestId,
    amount: Money,
) -> Result<(), WorkflowError> {
    let Some(buyer) = accounts::queries::person(tx, order.buyer).await? else { return Ok(()) };
    let link = site.settings.url(&links::gift_card_order(order.id));
    let mail = NewMail {
        dedupe_key: format!("gift_card_refund_granted/{request}"),
        person: Some(buyer.id),
        to_address: buyer.email,
        to_name: buyer.display_name,
        template: "gift_card_refund_granted",
        text: texts::refund_granted(amount, order.value, &link),
        attachment: None,
    };
    enqueue(site, tx, &mail).await
}
