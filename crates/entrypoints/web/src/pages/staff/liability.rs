//! `GET /staff/gift-cards/liability`: what all gift cards and all credit hold.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::Response;
use entry::{Answer, Site};
use gift_cards::CardKind;
use gift_cards::queries::{self, CreditLiability, Liability};
use kernel::{Currency, Money};
use serde::Serialize;

use crate::kit::format;
use crate::kit::frame::Frame;
use crate::kit::render::Template;
use crate::views::bar::{Bar, BarPart};
use crate::views::gift_card as views;

#[derive(Debug, Serialize)]
pub(crate) struct LiabilityPage {
    pub currencies: Vec<CurrencyView>,
}

/// What is held in one currency.
#[derive(Debug, Serialize)]
pub(crate) struct CurrencyView {
    pub code: &'static str,
    /// What somebody may still spend: on cards, set aside and as credit.
    pub owed: String,
    pub expired: Option<String>,
    pub rows: Vec<HeldLine>,
}

/// What is held on cards of one kind, or as credit.
#[derive(Debug, Serialize)]
pub(crate) struct HeldLine {
    pub label: &'static str,
    /// `12 cards`.
    pub count: Option<String>,
    pub total: String,
    /// As long as the sum is, beside the largest of its currency.
    pub bar: Bar,
}

/// `GET /staff/gift-cards/liability`
pub(crate) async fn show(State(site): State<Site>, frame: Frame) -> Answer<Response> {
    let mut connection = site.database.acquire().await?;
    let cards = queries::liability(&mut connection).await?;
    let credit = queries::credit_liability(&mut connection).await?;
    frame.answer(&LiabilityPage::of(&cards, &credit))
}

/// One line before it is drawn.
struct Sums {
    label: &'static str,
    count: Option<i64>,
    left: Money,
    held: Money,
    part: BarPart,
}

impl LiabilityPage {
    fn of(cards: &[Liability], credit: &[CreditLiability]) -> Self {
        let mut found: BTreeMap<Currency, (Vec<Sums>, i64)> = BTreeMap::new();
        for one in cards {
            let (rows, expired) = found.entry(one.left.currency).or_default();
            let (label, count) = (views::kind(one.kind), Some(one.cards));
            rows.push(Sums { label, count, left: one.left, held: one.held, part: BarPart::Left });
            *expired += one.expired.amount_minor;
        }
        for one in credit {
            let row = Sums { label: "Credit", count: None, left: one.left, held: one.held, part: BarPart::Credit };
            found.entry(one.left.currency).or_default().0.push(row);
        }
        let currencies =
            found.into_iter().map(|(currency, (rows, expired))| CurrencyView::of(currency, &rows, expired));
        Self { currencies: currencies.collect() }
    }
}

impl Sums {
    const fn total_minor(&self) -> i64 {
        self.left.amount_minor + self.held.amount_minor
    }
}

impl CurrencyView {
    fn of(currency: Currency, rows: &[Sums], expired: i64) -> Self {
        let money = |minor| Money::new(minor, currency);
        let longest = money(rows.iter().map(Sums::total_minor).max().unwrap_or(0));
        let line = |row: &Sums| HeldLine {
            label: row.label,
            count: row.count.map(|count| format::counted(count, "card", "cards")),
            total: money(row.total_minor()).to_string(),
            bar: Bar::of(longest, &[(row.part, "To spend", row.left), (BarPart::Held, "Set aside", row.held)]),
        };
        Self {
            code: currency.code(),
            owed: money(rows.iter().map(Sums::total_minor).sum()).to_string(),
            expired: (expired > 0).then(|| money(expired).to_string()),
            rows: rows.iter().map(line).collect(),
        }
    }
}

impl Template for LiabilityPage {
    const TEMPLATE: &'static str = "pages/staff/liability.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let one = |kind, cards, currency, left, held, expired| Liability {
            kind,
            cards,
            left: Money::new(left, currency),
            held: Money::new(held, currency),
            expired: Money::new(expired, currency),
        };
        let (usd, yen) = (Currency::Usd, Currency::Jpy);
        let cards = [
            one(CardKind::Platform, 1_204, usd, 9_870_050, 420_000, 0),
            one(CardKind::Promotional, 312, usd, 780_000, 25_000, 310_000),
            one(CardKind::Goodwill, 41, usd, 164_000, 0, 0),
            one(CardKind::Platform, 1, yen, 50_000, 0, 0),
        ];
        let credit = [CreditLiability { left: Money::new(1_350_000, usd), held: Money::new(60_000, usd) }];
        vec![("full", Self::of(&cards, &credit)), ("empty", Self::of(&[], &[]))]
    }
}
