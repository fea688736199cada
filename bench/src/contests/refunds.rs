//! Races of cancellations and of approved refunds, and what they pay back.

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};

use super::{Entrant, TwoServers, count};
use crate::attempt::BookingAttempt;
use crate::slots;

const CALLS: usize = 20;

/// A paid booking is cancelled by many calls at once. One of them does it, and no more goes back than came.
pub async fn cancellations(pair: &TwoServers, rounds: u32) -> anyhow::Result<String> {
    let bodies = slots::some(&pair.customer, usize::try_from(rounds)?).await?;
    for (round, body) in bodies.into_iter().take(usize::try_from(rounds)?).enumerate() {
        let mut attempt = BookingAttempt::new(format!("refunds-{round}"), body);
        attempt.book_and_pay(&pair.customer).await?;
        let id = attempt.booking.clone().unwrap_or_default();
        let preview = pair.customer.get(&format!("/api/bookings/{id}/cancellation-preview")).await?;
        let cancel = |call: usize| Entrant {
            client: &pair.customer,
            path: format!("/api/bookings/{id}/cancellation"),
            key: format!("cancel-{round}-{call}"),
            body: json!({"expected_refund_minor": preview["total"]["amount_minor"]}),
        };
        let answers = pair.send((0..CALLS).map(cancel).collect()).await?;
        let cancelled = count(&answers, |answer| answer.status.is_success());
        ensure!(cancelled == 1, "round {round}: {cancelled} calls cancelled one booking");
        let kept = "SELECT coalesce(sum(l.captured_minor - l.refunded_minor), 0)::bigint FROM payment_legs l
                    JOIN payment_intents i ON i.id = l.intent_id WHERE i.booking_id = $1::uuid";
        let kept = pair.number(kept, &id).await?;
        ensure!(kept >= 0, "round {round}: {kept} are kept");
    }
    Ok("one cancels, and no more goes back than came".to_owned())
}

/// Three refunds beyond the policy are asked for, each of more than half of what was kept, and approved by many calls at once. One of
/// them is paid.
pub async fn approvals(pair: &TwoServers, rounds: u32) -> anyhow::Result<String> {
    let mut bodies = soon(pair).await?.into_iter();
    for round in 0..rounds {
        let (booking, kept) = kept_booking(pair, &mut bodies).await?;
        let mut requests = Vec::new();
        for number in 0..3 {
            let body = json!({"amount_minor": kept / 2 + 1, "reason": "A race"});
            let path = format!("/api/bookings/{booking}/refund-requests");
            let asked = pair.support.post(&path, Some(&format!("ask-{round}-{number}")), &body).await?;
            let id = asked.body["id"].as_str().with_context(|| format!("answered {}: {}", asked.status, asked.body))?;
            requests.push(id.to_owned());
        }
        let approve = |call: usize| Entrant {
            client: &pair.admin,
            path: format!("/api/refund-requests/{}/approval", requests[call / 2 % 3]),
            key: format!("approve-{round}-{call}"),
            body: json!({}),
        };
        let answers = pair.send((0..CALLS).map(approve).collect()).await?;
        let approved = count(&answers, |answer| answer.status.is_success());
        ensure!(approved == 1, "round {round}: {approved} refunds of more than half of what was kept were approved");
    }
    Ok("one is paid, the others are told".to_owned())
}

/// Bodies of bookings that are too near for a whole refund.
async fn soon(pair: &TwoServers) -> anyhow::Result<Vec<Value>> {
    let mut found = Vec::new();
    for celebrity in slots::celebrities(&pair.customer).await? {
        found.extend(slots::bookings(&pair.customer, &celebrity, 1).await?.into_iter().take(8));
    }
    Ok(found)
}

/// The next booking that keeps something when it is paid and cancelled, and how much.
async fn kept_booking(pair: &TwoServers, bodies: &mut impl Iterator<Item = Value>) -> anyhow::Result<(String, i64)> {
    loop {
        let body = bodies.next().context("there are not enough times of which something is kept")?;
        let mut attempt = BookingAttempt::new(format!("approvals-{}-{}", body["offering_id"], body["starts_at"]), body);
        attempt.book_and_pay(&pair.customer).await?;
        let id = attempt.booking.clone().unwrap_or_default();
        let preview = pair.customer.get(&format!("/api/bookings/{id}/cancellation-preview")).await?;
        let body = json!({"expected_refund_minor": preview["total"]["amount_minor"]});
        let cancelled = pair.customer.post(&format!("/api/bookings/{id}/cancellation"), Some(&id), &body).await?;
        ensure!(cancelled.status.is_success(), "not cancelled: {}", cancelled.body);
        let kept = "SELECT (sum(l.captured_minor) - coalesce(sum(r.minor), 0))::bigint FROM payment_legs l
                    JOIN payment_intents i ON i.id = l.intent_id
                    LEFT JOIN (SELECT leg_id, sum(amount_minor) AS minor FROM refunds GROUP BY leg_id) r ON r.leg_id = l.id
                    WHERE i.booking_id = $1::uuid";
        let kept = pair.number(kept, &id).await?;
        if kept > 2 {
            return Ok((id, kept));
        }
    }
}
