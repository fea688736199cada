//! Cards that staff issue together: to win customers, to thank them, and to make up for something.

use chrono::{TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;
use gift_cards::{CardKind, LastDay, NewBatch, NewCard};
use kernel::{Currency, GiftCardBatchId, Instant, Money, PersonId};

use super::happening::{CardPlan, CardStep, Happening, PlannedBatch, StaffStep};
use super::recorder::Recorder;
use super::staff::admin;
use super::wishes::{GOODWILL_MINOR, apply_at, live_through};
use crate::case::Case;
use crate::dice::Dice;
use crate::generate::stored::IssuedBatch;

/// A batch of every demo world.
struct Campaign {
    name: &'static str,
    kind: CardKind,
    value_minor: i64,
    currency: Currency,
    /// How many days ago it was issued, and how many days its cards work.
    days_ago: i64,
    days_valid: i64,
    reason: &'static str,
    /// Its codes were found on a notice board, and it was stopped after so many days.
    stopped_after_days: Option<i64>,
}

const fn campaign(
    name: &'static str,
    kind: CardKind,
    value_minor: i64,
    currency: Currency,
    days_ago: i64,
    days_valid: i64,
    reason: &'static str,
) -> Campaign {
    Campaign { name, kind, value_minor, currency, days_ago, days_valid, reason, stopped_after_days: None }
}

const CAMPAIGNS: [Campaign; 8] = [
    campaign(
        "Opening season",
        CardKind::Promotional,
        2_500,
        Currency::Usd,
        600,
        180,
        "For the first thousand visitors",
    ),
    campaign("Spring in Paris", CardKind::Promotional, 2_000, Currency::Eur, 250, 120, "Handed out at the fair"),
    campaign(
        "A year on stage",
        CardKind::Loyalty,
        5_000,
        Currency::Usd,
        190,
        380,
        "For those who came in the first year",
    ),
    campaign("Berlin book fair", CardKind::Promotional, 1_500, Currency::Eur, 70, 200, "Inserted in the programme"),
    campaign("Autumn evenings", CardKind::Promotional, 2_000, Currency::Usd, 55, 80, "With the autumn newsletter"),
    Campaign {
        stopped_after_days: Some(12),
        ..campaign("Press night", CardKind::Promotional, 1_500, Currency::Gbp, 45, 90, "For journalists")
    },
    campaign("Regulars of London", CardKind::Loyalty, 3_000, Currency::Gbp, 120, 365, "For those who came five times"),
    campaign("First night in Tokyo", CardKind::Promotional, 2_000, Currency::Jpy, 20, 100, "For the launch in Japan"),
];

/// Plans the campaigns, and the goodwill that bookings wait for.
pub fn plan(recorder: &mut Recorder<'_>) {
    let cards = (recorder.world.deals.len() / 400).clamp(6, 300);
    for (index, campaign) in CAMPAIGNS.iter().enumerate() {
        plan_campaign(recorder, index, campaign, cards);
    }
    for ((year, month, currency), mut claims) in std::mem::take(&mut recorder.goodwill) {
        // Some were sent to people who never came back for them.
        claims.push(vec![]);
        let Some(at) = Utc.with_ymd_and_hms(year, month, 1, 0, 10, 0).single() else { continue };
        let batch = NewBatch {
            name: format!("Goodwill {year}-{month:02} {}", currency.code()),
            kind: CardKind::Goodwill,
            cards: u16::try_from(claims.len()).unwrap_or(u16::MAX),
            value: Money::new(GOODWILL_MINOR, currency),
            last_day: LastDay::months_after(at, 12, Tz::UTC),
            reason: "For evenings that did not go as they should".to_owned(),
        };
        recorder.later(at, Happening::Issued(Box::new(PlannedBatch { batch, cards: claims })));
    }
}

fn plan_campaign(recorder: &mut Recorder<'_>, index: usize, campaign: &Campaign, cards: usize) {
    let world = recorder.world;
    let at = world.now - TimeDelta::days(campaign.days_ago);
    let last_day = (at + TimeDelta::days(campaign.days_valid)).date_naive();
    let until = (at + TimeDelta::days(campaign.days_valid)).min(world.now);
    let mut dice = Dice::new(world.seed, "campaign", index as u64);
    let fitting: Vec<Case<'_>> = Case::all(world)
        .filter(|case| case.currency() == campaign.currency && case.deal.course.confirmed.is_some())
        .filter(|case| apply_at(case) > at + TimeDelta::days(1) && apply_at(case) < until)
        .collect();
    let mut steps: Vec<CardPlan> = vec![];
    for _ in 0..cards * 3 / 5 {
        if fitting.is_empty() {
            break;
        }
        let case = &fitting[dice.index(fitting.len())];
        let claimed = at + (apply_at(case) - at) * i32::try_from(dice.between(200, 900)).unwrap_or(500) / 1_000;
        let customer = recorder.customer(case.deal.customer);
        let claimed = claimed.max(customer.joined + TimeDelta::minutes(50));
        let by = PersonId(customer.id);
        // A third keeps the card for another time.
        if dice.permille(660) {
            live_through(recorder, case);
        }
        steps.push(vec![(claimed, CardStep::Claim { by })]);
    }
    // The demo customer has one of each that they could get by now.
    steps.push(vec![(at + TimeDelta::days(3), CardStep::Claim { by: PersonId(world.crowd.customers[0].id) })]);
    steps.resize(cards, vec![]);
    let batch = NewBatch {
        name: campaign.name.to_owned(),
        kind: campaign.kind,
        cards: u16::try_from(cards).unwrap_or(u16::MAX),
        value: Money::new(campaign.value_minor, campaign.currency),
        last_day: LastDay::new(last_day, Tz::UTC),
        reason: campaign.reason.to_owned(),
    };
    recorder.later(at, Happening::Issued(Box::new(PlannedBatch { batch, cards: steps })));
    if let Some(days) = campaign.stopped_after_days {
        recorder.later(at + TimeDelta::days(days), Happening::Staff(StaffStep::Stop { name: campaign.name }));
    }
}

/// Staff issue the cards.
pub fn issue(recorder: &mut Recorder<'_>, planned: &PlannedBatch, at: Instant) {
    let id = GiftCardBatchId::new(&recorder.chance, at);
    let by = admin(recorder.world);
    let new = NewCard::of_batch(&planned.batch, id);
    recorder.stored.batches.push(IssuedBatch {
        id,
        batch: planned.batch.clone(),
        by: by.id.expect("somebody of our staff"),
        at,
    });
    for steps in &planned.cards {
        let card = recorder.issue(&new, by, None, at);
        for (when, step) in steps {
            recorder.later((*when).max(at), Happening::Card(card, *step));
        }
    }
}
