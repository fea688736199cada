//! Races of refunds.

use anyhow::ensure;
use serde_json::json;

use super::cards::id_of;
use super::{Entrant, TwoServers, count};
use crate::attempt::BookingAttempt;
use crate::slots;

const CALLS: usize = 20;

/// A paid booking is cancelled by many calls at once, and then two requests for all that was kept are approved at once. No more goes back
/// than came.
pub async fn refunds(pair: &TwoServers, rounds: u32) -> anyhow::Result<String> {
    let bodies = slots::some(&pair.customer, usize::try_from(rounds)?).await?;
    let mut beyond = 0;
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
        let kept = kept(pair, &id).await?;
        if kept > 0 {
            beyond += 1;
            approve_two(pair, &id, round, kept).await?;
        }
        let kept = pair.number(KEPT, &id).await?;
        ensure!(kept >= 0, "round {round}: {kept} are kept");
    }
    Ok(format!("one cancels; of two approvals of all that was kept one succeeds, in {beyond} rounds"))
}

const KEPT: &str = "SELECT coalesce(sum(l.captured_minor - l.refunded_minor), 0)::bigint FROM payment_legs l
                    JOIN payment_intents i ON i.id = l.intent_id WHERE i.booking_id = $1::uuid";

async fn kept(pair: &TwoServers, booking: &str) -> anyhow::Result<i64> {
    pair.number(KEPT, booking).await
}

async fn approve_two(pair: &TwoServers, booking: &str, round: usize, kept: i64) -> anyhow::Result<()> {
    let mut requests = Vec::new();
    for number in 0..2 {
        let body = json!({"amount_minor": kept, "reason": "A race"});
        let key = format!("ask-{round}-{number}");
        let path = format!("/api/bookings/{booking}/refund-requests");
        requests.push(id_of(&pair.support.post(&path, Some(&key), &body).await?)?);
    }
    let approve = |call: usize| Entrant {
        client: &pair.admin,
        path: format!("/api/refund-requests/{}/approval", requests[call / 2 % 2]),
        key: format!("approve-{round}-{call}"),
        body: json!({}),
    };
    pair.send((0..CALLS).map(approve).collect()).await?;
    let approved = "SELECT count(*) FROM refund_requests r JOIN payment_intents i ON i.id = r.intent_id
                    WHERE i.booking_id = $1::uuid AND r.state = 'approved'";
    let approved = pair.number(approved, booking).await?;
    ensure!(approved == 1, "round {round}: {approved} requests for all that is left were approved");
    Ok(())
}
