//! `GET /account/credit`: what became of the person's credit in a currency, step by step.

use axum::extract::State;
use axum::response::Response;
use chrono::Datelike as _;
use chrono_tz::Tz;
use entry::{Answer, Query, SignedIn, Site};
use kernel::{Currency, Cursor, Instant, Money, PageRequest};
use overviews::credit_history::{self, CreditStep, CreditStepKind};
use serde::{Deserialize, Serialize};
use site::links;

use crate::kit::format;
use crate::kit::frame::Frame;
use crate::kit::render::Template;
use crate::views::gift_card::StepLine;
use crate::views::{LinkView, samples};

#[derive(Debug, Serialize)]
pub(crate) struct CreditPage {
    /// In the currency that is shown; none for whoever never had any.
    pub balance: Option<String>,
    /// Every currency that there is or was credit in, where there are several.
    pub currencies: Vec<LinkView>,
    pub steps: Vec<StepLine>,
    pub next: Option<String>,
    pub clock: String,
}

/// Steps on one page.
const COUNT: u16 = 30;

/// What the address carries.
#[derive(Debug, Deserialize)]
pub(crate) struct CreditPageParams {
    currency: Option<String>,
    cursor: Option<String>,
}

/// `GET /account/credit`
pub(crate) async fn show(
    State(site): State<Site>,
    frame: Frame,
    SignedIn(caller): SignedIn,
    Query(params): Query<CreditPageParams>,
) -> Answer<Response> {
    let (now, yours) = (site.clock.now(), frame.yours());
    let mut connection = site.database.acquire().await?;
    let accounts = credit_history::accounts(&mut connection, caller.id).await?;
    let asked = params.currency.as_deref().and_then(Currency::from_code);
    let Some(shown) = chosen(&accounts, asked) else {
        return frame.answer(&CreditPage::of(None, &accounts, &[], yours, now));
    };
    let page = PageRequest { limit: COUNT, cursor: params.cursor.map(Cursor::from_text) };
    let history = credit_history::history(&mut connection, caller.id, shown.currency, &page).await?;
    let next =
        history.next_cursor.map(|cursor| format!("{}&cursor={}", links::credit_in(shown.currency), cursor.as_str()));
    frame.answer(&CreditPage { next, ..CreditPage::of(Some(shown), &accounts, &history.items, yours, now) })
}

/// The currency that was asked for or else the first with something in it.
fn chosen(accounts: &[Money], asked: Option<Currency>) -> Option<Money> {
    let asked = accounts.iter().find(|account| Some(account.currency) == asked);
    let filled = || accounts.iter().find(|account| account.amount_minor > 0);
    asked.or_else(filled).or_else(|| accounts.first()).copied()
}

impl CreditPage {
    fn of(shown: Option<Money>, accounts: &[Money], steps: &[CreditStep], yours: Tz, now: Instant) -> Self {
        let link = |account: &Money| LinkView {
            is_current: shown.is_some_and(|shown| shown.currency == account.currency),
            ..LinkView::to(account.to_string(), links::credit_in(account.currency))
        };
        let currencies = if accounts.len() > 1 { accounts.iter().map(link).collect() } else { Vec::new() };
        Self {
            balance: shown.map(|shown| shown.to_string()),
            currencies,
            steps: steps.iter().map(|step| line(step, yours, now)).collect(),
            next: None,
            clock: format::city_of(yours),
        }
    }
}

fn line(step: &CreditStep, yours: Tz, now: Instant) -> StepLine {
    let day = format::day_short(step.at.with_timezone(&yours).date_naive(), now.year());
    let sign = if step.change.amount_minor > 0 { "+" } else { "" };
    StepLine {
        label: label(step.kind),
        about: about(step),
        when: format!("{day}, {}", format::clock(step.at, yours)),
        change: Some(format!("{sign}{}", step.change)),
        balance: step.balance.to_string(),
        reason: None,
    }
}

const fn label(kind: CreditStepKind) -> &'static str {
    match kind {
        CreditStepKind::Kept => "A refund that you kept as credit",
        CreditStepKind::Redeemed => "From a gift card",
        CreditStepKind::Held => "Set aside for a payment",
        CreditStepKind::Released => "Given back: that payment came to nothing",
        CreditStepKind::Spent => "Spent",
        CreditStepKind::Refunded => "Paid back",
        CreditStepKind::ChargedBack => "Taken back: a bank reversed the payment that it came from",
        CreditStepKind::Reclaimed => "Taken back: the price of the card that it came from was refunded",
        CreditStepKind::Restored => "Given back: the bank let that payment stand",
        CreditStepKind::Corrected => "Corrected by our team",
    }
}

/// Where there is more about a step.
fn about(step: &CreditStep) -> Option<LinkView> {
    let booking = |(id, reference): &(_, String)| LinkView::to(format!("Booking {reference}"), links::booking(*id));
    let card = |(id, last): &(_, Option<String>)| {
        let words = last.as_ref().map_or_else(|| "The card".to_owned(), |last| format!("The card ending in {last}"));
        LinkView::to(words, links::gift_card(*id))
    };
    let order = step.order.map(|id| LinkView::to("The card that you bought", links::gift_card_order(id)));
    step.booking.as_ref().map(booking).or_else(|| step.card.as_ref().map(card)).or(order)
}

impl Template for CreditPage {
    const TEMPLATE: &'static str = "pages/gift_cards/credit.html";

    fn samples() -> Vec<(&'static str, Self)> {
        use CreditStepKind::{ChargedBack, Held, Kept, Reclaimed, Redeemed, Refunded, Released, Restored, Spent};
        let now = samples::now();
        let usd = |minor| Money::new(minor, Currency::Usd);
        let (booking, card) =
            (samples::confirmed(), samples::gifts::card(0x4702, gift_cards::CardKind::Platform, 150, 0));
        let mut left = 0;
        let mut step = |kind: CreditStepKind, change: i64| {
            left += change;
            CreditStep {
                number: 1,
                kind,
                change: usd(change),
                balance: usd(left),
                at: now - chrono::TimeDelta::days(3),
                booking: matches!(kind, Kept | Held | Released | Spent | Refunded)
                    .then(|| (booking.id, booking.reference.clone())),
                order: matches!(kind, ChargedBack | Reclaimed)
                    .then(|| samples::gifts::order(gift_cards::OrderState::Returned).id),
                card: (kind == Redeemed).then(|| (card.card.id, card.last_group.clone())),
            }
        };
        let steps = [
            step(Kept, 6_000),
            step(Redeemed, 2_500),
            step(Held, -1_000),
            step(Released, 1_000),
            step(Spent, -4_000),
            step(Refunded, 1_500),
            step(ChargedBack, -2_000),
            step(Reclaimed, -100),
            step(Restored, 2_000),
        ];
        let accounts = [Money::new(0, Currency::Eur), usd(6_000)];
        let page = |accounts: &[Money], steps: &[CreditStep]| {
            Self::of(chosen(accounts, None), accounts, steps, samples::YOURS, now)
        };
        vec![
            ("full", Self { next: Some("?currency=USD&cursor=abc".to_owned()), ..page(&accounts, &steps) }),
            ("one", page(&accounts[1..], &steps[..2])),
            ("empty", page(&[], &[])),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_currency_that_was_asked_for_is_shown_or_one_with_something_in_it() {
        let (none, some) = (Money::new(0, Currency::Eur), Money::new(5, Currency::Usd));
        let accounts = [none, some];
        assert_eq!(chosen(&accounts, Some(Currency::Eur)), Some(none));
        assert_eq!([chosen(&accounts, None), chosen(&accounts, Some(Currency::Jpy))], [Some(some); 2]);
        assert_eq!([chosen(&accounts[..1], None), chosen(&[], None)], [Some(none), None]);
    }
}
