//! What the people whom one can log in as have on their pages.

use chrono::TimeDelta;
use gift_cards::CardDesign;
use kernel::{Currency, Instant, Money, PersonId};

use super::happening::{CardStep, Happening, Purchase, SentEnd};
use super::recorder::Recorder;

/// Plans their cards. Customer 0 is the demo customer.
pub fn plan(recorder: &mut Recorder<'_>) {
    let crowd = &recorder.world.crowd;
    let customer = PersonId(crowd.customers[0].id);
    let friend = recorder.there_by(bought_at(recorder, 90), 2);
    let (celebrity, agent) = (PersonId(crowd.others[0].id), PersonId(crowd.agents[0].id));
    let claim = |by, days| (TimeDelta::days(days), CardStep::Claim { by });
    let usd = |major: i64| Money::new(major * 100, Currency::Usd);
    let eur = |major: i64| Money::new(major * 100, Currency::Eur);
    // For themselves, long ago: paid several bookings.
    buy(recorder, 210, (0, None), usd(250), CardDesign::Spotlight, vec![]);
    // Given to them, and claimed.
    buy(recorder, 60, (1, Some(0)), usd(100), CardDesign::Playbill, vec![claim(customer, 1)]);
    buy(recorder, 30, (5, Some(0)), eur(80), CardDesign::Alley, vec![claim(customer, 2)]);
    // It ended before it was spent, by the rule of its day.
    buy(recorder, 500, (4, Some(0)), eur(50), CardDesign::Alley, vec![claim(customer, 3)]);
    // Two people say that it is theirs.
    let stopped = vec![claim(customer, 2), (TimeDelta::days(6), CardStep::Freeze)];
    buy(recorder, 15, (6, Some(0)), usd(40), CardDesign::Playbill, stopped);
    // On its way to a friend; and given to another, who has not claimed it yet, or has.
    let sent = vec![(TimeDelta::days(1), CardStep::Send { to: 4, end: SentEnd::Open })];
    buy(recorder, 3, (0, None), usd(60), CardDesign::Spotlight, sent);
    for (days_ago, end) in [(150, SentEnd::Claimed), (75, SentEnd::TakenBack)] {
        let to = recorder.there_by(bought_at(recorder, days_ago), 5);
        let sent = vec![(TimeDelta::minutes(40), CardStep::Send { to, end })];
        buy(recorder, days_ago, (0, None), usd(30), CardDesign::Playbill, sent);
    }
    buy(recorder, 5, (0, Some(2)), usd(75), CardDesign::Alley, vec![]);
    let claimed = vec![claim(PersonId(crowd.customers[friend as usize].id), 2)];
    buy(recorder, 90, (0, Some(friend)), usd(50), CardDesign::Playbill, claimed);
    // To be mailed on a day that is still to come, by them and to them; and one that was mailed on its day and claimed.
    buy_for_later(recorder, 4, (0, 2), usd(120), 16, vec![]);
    buy_for_later(recorder, 9, (0, 6), eur(60), 40, vec![]);
    buy_for_later(recorder, 2, (7, 0), usd(90), 30, vec![]);
    buy_for_later(recorder, 45, (0, 4), usd(70), 10, vec![claim(PersonId(crowd.customers[4].id), 11)]);
    // Those who are booked are given something too.
    buy(recorder, 40, (1, Some(3)), usd(150), CardDesign::Spotlight, vec![claim(celebrity, 1)]);
    let part = (TimeDelta::days(4), CardStep::Redeem { permille: 500 });
    buy(recorder, 33, (2, Some(3)), usd(45), CardDesign::Alley, vec![claim(agent, 1), part]);
}

fn bought_at(recorder: &Recorder<'_>, days_ago: i64) -> Instant {
    recorder.world.now - TimeDelta::days(days_ago) + TimeDelta::minutes(17)
}

fn buy(
    recorder: &mut Recorder<'_>,
    days_ago: i64,
    (buyer, to): (u32, Option<u32>),
    value: Money,
    design: CardDesign,
    card_steps: Vec<(TimeDelta, CardStep)>,
) {
    let at = bought_at(recorder, days_ago);
    let buyer = if buyer == 0 { 0 } else { recorder.there_by(at, buyer) };
    order(
        recorder,
        at,
        Purchase { buyer, to, value, design, deliver_after: None, is_paid: true, card_steps, order_steps: vec![] },
    );
}

/// A card that is mailed so many days after it was bought.
fn buy_for_later(
    recorder: &mut Recorder<'_>,
    days_ago: i64,
    (buyer, to): (u32, u32),
    value: Money,
    days: i64,
    card_steps: Vec<(TimeDelta, CardStep)>,
) {
    let at = bought_at(recorder, days_ago);
    let buyer = if buyer == 0 { 0 } else { recorder.there_by(at, buyer) };
    let (design, deliver_after) = (CardDesign::Playbill, Some(TimeDelta::days(days)));
    let to = Some(to);
    order(
        recorder,
        at,
        Purchase { buyer, to, value, design, deliver_after, is_paid: true, card_steps, order_steps: vec![] },
    );
}

fn order(recorder: &mut Recorder<'_>, at: Instant, purchase: Purchase) {
    recorder.later(at, Happening::Ordered(Box::new(purchase)));
}
