//! Races of cancellations, and what they pay back.

use anyhow::ensure;
use serde_json::json;

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
