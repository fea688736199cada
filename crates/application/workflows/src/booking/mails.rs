//! Mails about bookings to both sides, with times in the reader's zone and a calendar file.

use bookings::{Booking, BookingEvent, CancelledBy, Change, invitation, queries};
use chrono_tz::Tz;
use database::Tx;
use jobs::{Attempt, Failure, Job, Lane};
use kernel::{FactId, Instant, Money, RefundRequestId};
use notifications::texts::{MailText, booking as texts};
use notifications::{MailFile, NewMail};
use overviews::contacts::{self, Contact, Contacts};
use serde::{Deserialize, Serialize};
use site::{Services, links};

use crate::lanes;
use crate::{WorkflowError, mail};

/// The job that enqueues every mail that follows from one fact, each once.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct BookingMails {
    /// Missing in jobs that the previous release enqueued.
    #[serde(default)]
    pub fact: Option<FactId>,
    #[serde(flatten)]
    pub event: BookingEvent,
}

impl Job for BookingMails {
    type Context = Services;
    const KIND: &'static str = "booking_mails";
    const LANE: &'static Lane = &lanes::INTERNAL;

    fn key(&self, _: Instant) -> String {
        self.fact.map_or_else(|| format!("{}/{}", self.event.booking, self.event.version), |fact| fact.to_string())
    }

    async fn run(self, site: &Services, _: &Attempt) -> Result<(), Failure> {
        Ok(enqueue_all(site, &self.event).await?)
    }
}

async fn enqueue_all(site: &Services, event: &BookingEvent) -> Result<(), WorkflowError> {
    let mut tx = site.database.begin().await?;
    let booking = queries::booking(&mut tx, event.booking).await?;
    let Some(Contacts { customer, talent, stage_name }) = contacts::of_booking(&mut tx, event.booking).await? else {
        return Ok(());
    };
    let context = MailContext { site, booking: &booking, stage_name: &stage_name, occasion: event.version.to_string() };
    match event.change {
        Change::Confirmed => {
            let text = texts::confirmed_customer(&context.facts(&customer));
            context.enqueue(&mut tx, &customer, "booking_confirmed_customer", text, true).await?;
            for contact in &talent {
                let text = texts::confirmed_talent(&context.facts(contact), &booking.brief);
                context.enqueue(&mut tx, contact, "booking_confirmed_talent", text, true).await?;
            }
        }
        // Nobody was mailed about a booking that was never confirmed.
        Change::Cancelled { .. } if booking.confirmed_at.is_none() => {}
        Change::Cancelled { by, refund_minor } => {
            let refund = Money::new(refund_minor, booking.terms.price.currency);
            let credited = credited(&mut tx, &booking).await?;
            let text = texts::cancelled_customer(&context.facts(&customer), who(by, true), refund, credited);
            context.enqueue(&mut tx, &customer, "booking_cancelled_customer", text, true).await?;
            for contact in &talent {
                let text = texts::cancelled_talent(&context.facts(contact), who(by, false));
                context.enqueue(&mut tx, contact, "booking_cancelled_talent", text, true).await?;
            }
        }
        Change::PaymentReturned => {
            let text = texts::payment_returned(&context.facts(&customer), booking.cancelled_by.is_some());
            context.enqueue(&mut tx, &customer, "payment_returned", text, false).await?;
        }
        Change::Refunded { .. } => {
            let text = texts::refunded(&context.facts(&customer), credited(&mut tx, &booking).await?);
            context.enqueue(&mut tx, &customer, "booking_refunded", text, false).await?;
        }
        _ => {}
    }
    Ok(tx.commit().await?)
}

/// Tells the customer of a refund beyond the policy, in the transaction that owes it.
pub(crate) async fn mail_granted_refund(
    site: &Services,
    tx: &mut Tx,
    booking: &Booking,
    request: RefundRequestId,
    amount: Money,
) -> Result<(), WorkflowError> {
    let Some(Contacts { customer, stage_name, .. }) = contacts::of_booking(tx, booking.id).await? else {
        return Ok(());
    };
    let context = MailContext { site, booking, stage_name: &stage_name, occasion: request.to_string() };
    let text = texts::refund_granted(&context.facts(&customer), amount);
    context.enqueue(tx, &customer, "booking_refund_granted", text, false).await
}

/// What the customer keeps of their refund as credit.
async fn credited(tx: &mut Tx, booking: &Booking) -> Result<Option<Money>, WorkflowError> {
    let payment = payments::queries::payment_of(tx, booking.id).await?;
    let refunds = payment.map(|payment| payment.refunds).unwrap_or_default();
    let minor: i64 = refunds
        .iter()
        .filter(|refund| refund.is_kept && refund.state != payments::RefundState::Failed)
        .map(|refund| refund.amount.amount_minor)
        .sum();
    Ok((minor > 0).then(|| Money::new(minor, booking.terms.price.currency)))
}

/// Who cancelled, in the words for one side.
const fn who(by: CancelledBy, to_customer: bool) -> texts::Canceller {
    match (by, to_customer) {
        (CancelledBy::Customer, true) | (CancelledBy::Talent, false) => texts::Canceller::You,
        (CancelledBy::Customer, false) => texts::Canceller::Customer,
        (CancelledBy::Talent, true) => texts::Canceller::Talent,
        (CancelledBy::Staff | CancelledBy::System, _) => texts::Canceller::Stagedoor,
    }
}

/// The booking that the mails are about.
struct MailContext<'booking> {
    site: &'booking Services,
    booking: &'booking Booking,
    stage_name: &'booking str,
    /// What the mails are about, beside the booking: they are sent once for each.
    occasion: String,
}

impl MailContext<'_> {
    fn page(&self) -> String {
        self.site.settings.url(&links::booking(self.booking.id))
    }

    /// The facts that every text uses, with times in the reader's zone.
    fn facts(&self, reader: &Contact) -> texts::Facts {
        let terms = &self.booking.terms;
        texts::Facts {
            reader: reader.name.clone(),
            stage_name: self.stage_name.to_owned(),
            title: terms.title.clone(),
            reference: self.booking.reference.clone(),
            when: self.when(reader),
            takes_time: terms.time.is_some(),
            total: terms.total(),
            price: terms.price,
            page: self.page(),
        }
    }

    /// `Saturday 12 December 2026, 20:00 (Lisbon time)`, or the date of delivery.
    fn when(&self, reader: &Contact) -> String {
        let zone: Tz = reader.time_zone.parse().unwrap_or(Tz::UTC);
        let terms = &self.booking.terms;
        match (terms.time, terms.deliver_by) {
            (Some(time), _) => {
                let city = zone.name().rsplit('/').next().unwrap_or("UTC").replace('_', " ");
                format!("{} ({city} time)", time.starts_at.with_timezone(&zone).format("%A %-d %B %Y, %H:%M"))
            }
            (None, Some(by)) => format!("by {}", by.with_timezone(&zone).format("%A %-d %B %Y")),
            (None, None) => "soon".to_owned(),
        }
    }

    async fn enqueue(
        &self,
        tx: &mut Tx,
        reader: &Contact,
        template: &'static str,
        text: MailText,
        with_calendar: bool,
    ) -> Result<(), WorkflowError> {
        let file = with_calendar
            .then(|| invitation(self.booking, self.stage_name, &self.page(), self.site.clock.now()))
            .flatten();
        let mail = NewMail {
            dedupe_key: format!("{template}/{}/{}/{}", self.booking.id, self.occasion, reader.person_id),
            person: Some(reader.person_id),
            to_address: reader.email.clone(),
            to_name: reader.name.clone(),
            template,
            text,
            attachment: file.map(|text| MailFile {
                filename: format!("{}.ics", self.booking.reference),
                content_type: "text/calendar; charset=utf-8".to_owned(),
                text,
            }),
        };
        mail::enqueue(self.site, tx, &mail).await
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn rows_of_the_release_before_still_run() {
        let id = "01939c6e-0000-7000-8000-000000000000";
        let actor = json!({"kind": "system", "id": null});
        let event =
            json!({"booking": id, "celebrity": id, "version": 3, "change": {"kind": "confirmed"}, "actor": actor});
        let read: BookingEvent = serde_json::from_value(event.clone()).expect("an event");
        let job: BookingMails = serde_json::from_value(json!(read)).expect("what was enqueued before");
        assert_eq!((job.fact, job.event.version), (None, 3));
        let written = serde_json::to_value(&job).expect("a payload");
        assert_eq!(written["change"], json!(read)["change"], "a server of that release can read it");
    }
}
