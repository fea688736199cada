//! `GET /account/gift-cards`: the person's cards, newest first, with what is on them and their credit.

use std::collections::HashSet;

use axum::extract::State;
use axum::response::Response;
use chrono::Datelike as _;
use chrono_tz::Tz;
use entry::{Answer, Query, SignedIn, Site};
use gift_cards::loyalty::{self, LoyaltyStanding};
use gift_cards::queries::{self, CardsOf};
use gift_cards::{CardKind, CardState, GiftCardOrder, OrderStanding, SeenCard, orders};
use kernel::{Cursor, Instant, PageRequest};
use serde::{Deserialize, Serialize};
use workflows::gift_card::charged_back;

use crate::kit::format;
use crate::kit::frame::Frame;
use crate::kit::render::Template;
use crate::views::bar::Bar;
use crate::views::gift_card::{CardLine, CardPresenter, sums};
use crate::views::{booking::StatusView, samples};
use site::links;

#[derive(Debug, Serialize)]
pub(crate) struct CardList {
    /// On all cards together, one for each currency.
    pub balances: Vec<String>,
    /// One for each currency.
    pub credit: Vec<String>,
    /// One for each currency in which bookings were completed.
    pub loyalty: Vec<LoyaltyLine>,
    pub items: Vec<CardLine>,
    /// Cards that the person bought, for themselves or others; on the first page.
    pub bought: Vec<BoughtLine>,
    pub next: Option<String>,
}

/// A purchase of a card.
#[derive(Debug, Serialize)]
pub(crate) struct BoughtLine {
    pub href: String,
    /// `Ada`, or none: for oneself.
    pub recipient: Option<String>,
    pub amount: String,
    /// `30 Nov`
    pub day: String,
    pub status: StatusView,
}

impl BoughtLine {
    /// The order in the list; none if it was never paid.
    fn of(order: &GiftCardOrder, is_claimed: bool, is_charged_back: bool, yours: Tz, now: Instant) -> Option<Self> {
        let (label, tone) = match order.standing(is_charged_back) {
            OrderStanding::AwaitingPayment if order.is_payable(now) => ("To pay", "wait"),
            OrderStanding::AwaitingPayment | OrderStanding::Lapsed => return None,
            OrderStanding::Returned => ("Returned", "still"),
            OrderStanding::ChargedBack => ("Charged back", "bad"),
            OrderStanding::Paid if is_claimed => ("Claimed", "ok"),
            OrderStanding::Paid if order.delivered_at.is_some() => ("Delivered", "ok"),
            OrderStanding::Paid => ("Paid", "ok"),
        };
        Some(Self {
            href: links::gift_card_order(order.id),
            recipient: order.recipient.as_ref().map(|recipient| recipient.name.clone()),
            amount: order.value.to_string(),
            day: format::day_short(order.created_at.with_timezone(&yours).date_naive(), now.year()),
            status: StatusView { label, tone },
        })
    }
}

/// What completed bookings earn.
#[derive(Debug, Serialize)]
pub(crate) struct LoyaltyLine {
    pub tier: String,
    /// `3 %`
    pub earns: String,
    /// `$1,240.00`
    pub year: String,
    /// The next tier, what is missing to it, and what it earns.
    pub next: Option<(String, String, String)>,
    /// How far it is to there.
    pub bar: Bar,
}

impl From<&LoyaltyStanding> for LoyaltyLine {
    fn from(standing: &LoyaltyStanding) -> Self {
        let (year, tier) = (standing.year, &standing.tier);
        let next = standing.next.as_ref().map(|next| {
            let missing = kernel::Money::new(next.from.amount_minor - year.amount_minor, year.currency);
            (next.name.clone(), missing.to_string(), earns(next.basis_points))
        });
        let per_cent = standing.next.as_ref().map_or(100, |next| {
            let way = i128::from(next.from.amount_minor - tier.from.amount_minor).max(1);
            let gone = i128::from(year.amount_minor - tier.from.amount_minor);
            i64::try_from(gone * 100 / way).unwrap_or(100).clamp(0, 100)
        });
        Self {
            tier: tier.name.clone(),
            earns: earns(tier.basis_points),
            year: year.to_string(),
            next,
            bar: Bar::of_hundred(per_cent),
        }
    }
}

/// `2 %`, or `2.50 %`.
fn earns(basis_points: i32) -> String {
    match basis_points % 100 {
        0 => format!("{} %", basis_points / 100),
        rest => format!("{}.{rest:02} %", basis_points / 100),
    }
}

/// Cards on one page.
const COUNT: u16 = 12;

/// Where the page before ended.
#[derive(Debug, Deserialize)]
pub(crate) struct CardListParams {
    cursor: Option<String>,
}

/// `GET /account/gift-cards`
pub(crate) async fn show(
    State(site): State<Site>,
    frame: Frame,
    SignedIn(caller): SignedIn,
    Query(turned): Query<CardListParams>,
) -> Answer<Response> {
    let is_first = turned.cursor.is_none();
    let page = PageRequest { limit: COUNT, cursor: turned.cursor.map(Cursor::from_text) };
    let now = site.clock.now();
    let mut connection = site.database.acquire().await?;
    let found = queries::cards(&mut connection, CardsOf::Holder(caller.id), &page).await?;
    let balances = sums(&queries::balances_of(&mut connection, caller.id, now).await?);
    let credit = sums(&queries::credit_of(&mut connection, caller.id).await?);
    let loyalty = queries::standings(&mut connection, caller.id, now).await?;
    let loyalty = loyalty.iter().map(LoyaltyLine::from).collect();
    let next = found.next_cursor.map(|cursor| format!("{}?cursor={}", links::GIFT_CARDS, cursor.as_str()));
    let orders = if is_first { orders::orders_of(&mut connection, caller.id).await? } else { Vec::new() };
    let ids: Vec<_> = orders.iter().map(|order| order.id).collect();
    let claimed = if ids.is_empty() { HashSet::new() } else { orders::claimed(&mut connection, &ids).await? };
    let charged_back = charged_back(&mut connection, &orders).await?;
    let of = |order: &GiftCardOrder| {
        let (is_claimed, is_charged_back) = (claimed.contains(&order.id), charged_back.contains(&order.id));
        BoughtLine::of(order, is_claimed, is_charged_back, frame.yours(), now)
    };
    let bought = orders.iter().filter_map(of).collect();
    frame.answer(&CardList { balances, credit, loyalty, items: lines(&found.items, now), bought, next })
}

fn lines(cards: &[SeenCard], now: Instant) -> Vec<CardLine> {
    cards.iter().map(|seen| CardPresenter { seen, sender: None, now }.line()).collect()
}

impl Template for CardList {
    const TEMPLATE: &'static str = "pages/gift_cards/list.html";

    fn samples() -> Vec<(&'static str, Self)> {
        use gift_cards::OrderState;
        let card = samples::gifts::card;
        let mut sent = card(4, CardKind::Platform, 80, 0);
        sent.card.is_offered = true;
        let mut stopped = card(5, CardKind::Goodwill, 20, 20);
        stopped.card.state = CardState::Frozen;
        let all = [
            card(0x4702, CardKind::Platform, 150, 150),
            card(2, CardKind::Goodwill, 75, 40),
            card(3, CardKind::Promotional, 25, 25),
            sent,
            stopped,
            card(6, CardKind::Loyalty, 10, 0),
        ];
        let items = || lines(&all, samples::now());
        let (balances, credit) = (vec!["€20.00".to_owned(), "$215.00".to_owned()], vec!["$35.50".to_owned()]);
        let usd = |major: i64| kernel::Money::new(major * 100, kernel::Currency::Usd);
        let tier = |name: &str, from, basis_points| loyalty::LoyaltyTier {
            name: name.to_owned(),
            from: usd(from),
            basis_points,
            months_valid: Some(12),
        };
        let ladder = [tier("Stalls", 0, 200), tier("Circle", 1_000, 300), tier("Box", 5_000, 500)];
        let stands = |year| loyalty::standing(&ladder, usd(year)).iter().map(LoyaltyLine::from).collect::<Vec<_>>();
        let none = || Self {
            balances: Vec::new(),
            credit: Vec::new(),
            loyalty: Vec::new(),
            items: Vec::new(),
            bought: Vec::new(),
            next: None,
        };
        let order = |state, is_own: bool, is_claimed, is_charged_back| {
            let order = samples::gifts::order(state);
            let recipient = order.recipient.clone().filter(|_| !is_own);
            let order = GiftCardOrder { recipient, ..order };
            BoughtLine::of(&order, is_claimed, is_charged_back, samples::YOURS, samples::now())
        };
        let bought = [
            order(OrderState::AwaitingPayment, false, false, false),
            order(OrderState::Paid, false, true, false),
            order(OrderState::Paid, true, false, false),
            order(OrderState::Returned, false, false, false),
            order(OrderState::Returned, false, false, true),
        ];
        let full = Self {
            balances,
            credit,
            loyalty: stands(2_350),
            items: items(),
            bought: bought.into_iter().flatten().collect(),
            next: Some("?cursor=abc".to_owned()),
        };
        vec![
            ("full", full),
            ("empty", none()),
            ("used", Self { items: items().split_off(5), loyalty: stands(7_000), ..none() }),
        ]
    }
}
